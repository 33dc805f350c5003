import {
  applyInstallDocument,
  type ChangedInstall,
  type InstallView,
  MAX_SECRET_OVERLAP_MS,
  readSigningSecret,
  type SecretBox,
  type SecretChange,
  withPaused,
  withRotatedSecret,
} from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressRule } from '../attempts/address-rule.ts';
import { maySee, wideningRefusal, writeRefusal } from './access.ts';
import { checkDocument } from './document-check.ts';
import { entityTag, installAnswer } from './install-answer.ts';
import type { ChangeOutcome, Decision, InstallStore } from './install-store.ts';
import type { AdminProblem } from './problem.ts';
import type { Caller } from './tokens.ts';
import { versionProblem } from './version-check.ts';

export interface InstallRoutesParts {
  readonly view: Pick<InstallView, 'get' | 'all' | 'shows'>;
  readonly store: InstallStore;
  readonly box: SecretBox;
  readonly rule: AddressRule;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly callerOf: (request: FastifyRequest) => Caller;
  /** Reports the refusal and responds with the problem. */
  readonly refuse: (reply: FastifyReply, problem: AdminProblem) => FastifyReply;
  /** Called for every accepted change. */
  readonly onChanged: (change: {
    readonly caller: string;
    readonly action: string;
    readonly installId: string;
    readonly version: number;
  }) => void;
}

const BASE = '/v1/app-installs';
const DEFAULT_OVERLAP_SECONDS = 86_400;
const VIEW_WAIT_MS = 2_000;
const installIdSchema = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' };
const withId = { params: { type: 'object', required: ['id'], properties: { id: installIdSchema } } };
const rotateSchema = {
  ...withId,
  body: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      signing_secret: { type: 'string' },
      overlap_seconds: { type: 'integer', minimum: 0, maximum: MAX_SECRET_OVERLAP_MS / 1_000 },
    },
  },
};

interface WithId {
  Params: { id: string };
}

const notFound: AdminProblem = { code: 'ERR_ADMIN_NOT_FOUND', detail: 'there is no such app install' };
const idTaken: AdminProblem = { code: 'ERR_ADMIN_ID_TAKEN', detail: 'choose another id' };

function refused(problem: AdminProblem): Decision<never> {
  return { kind: 'refuse', problem };
}

function forbidden(detail: string): AdminProblem {
  return { code: 'ERR_ADMIN_FORBIDDEN', detail };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Registers the routes of app installs. Every request has a caller already. */
export function installRoutes(server: FastifyInstance, parts: InstallRoutesParts): void {
  const { view, store, box, rule, now, newId, callerOf, refuse, onChanged } = parts;

  const secretChange = (overlapSeconds = DEFAULT_OVERLAP_SECONDS): SecretChange => ({
    box,
    now: now(),
    overlapMs: overlapSeconds * 1_000,
    newSecretId: newId,
  });

  /**
   * Writes an install for the caller. An install that the caller may not see is treated as absent, so that the caller
   * cannot tell its id from a free one; only a create that would succeed shows that the id is taken.
   */
  async function write<T>(
    request: FastifyRequest<WithId>,
    { creates }: { readonly creates: boolean },
    decide: (current: AppInstall | undefined) => Decision<T>,
  ): Promise<ChangeOutcome<T>> {
    const caller = callerOf(request);
    const conditions = { ifMatch: header(request, 'if-match'), ifNoneMatch: creates ? header(request, 'if-none-match') : undefined };
    return store.change(request.params.id, (stored) => {
      const current = stored !== undefined && maySee(caller, stored) ? stored : undefined;
      if (current === undefined && !creates) return refused(notFound);
      const refusal = current && writeRefusal(caller, current);
      if (refusal !== undefined) return refused(forbidden(refusal));
      const wrongVersion = versionProblem(current, conditions);
      if (wrongVersion !== undefined) return refused(wrongVersion);
      const decision = decide(current);
      return decision.kind === 'write' && current !== stored ? refused(idTaken) : decision;
    });
  }

  /** Writes an install, and responds with its new version once the view shows it. */
  async function change(
    request: FastifyRequest<WithId>,
    reply: FastifyReply,
    action: 'apply' | 'pause' | 'resume' | 'rotate',
    decide: (current: AppInstall | undefined) => Decision<ChangedInstall & { readonly created?: boolean }>,
  ): Promise<FastifyReply> {
    const caller = callerOf(request);
    const { id } = request.params;
    const outcome = await write(request, { creates: action === 'apply' }, decide);
    if (!outcome.ok) return refuse(reply, outcome.problem);
    const { install, generatedSecret, created = false } = outcome.result;
    onChanged({ caller: caller.name, action, installId: id, version: install.version });
    await view.shows(id, install.version, VIEW_WAIT_MS);
    const secret = generatedSecret === null ? {} : { signing_secret: generatedSecret };
    return reply
      .code(created ? 201 : 200)
      .header('etag', entityTag(install))
      .send({ ...installAnswer(install, caller), ...secret });
  }

  server.get(BASE, async (request) => {
    const caller = callerOf(request);
    const installs = view.all().filter((install) => maySee(caller, install));
    const sorted = installs.toSorted((one, other) => (one.installId < other.installId ? -1 : 1));
    return { app_installs: sorted.map((install) => installAnswer(install, caller)) };
  });

  server.get<WithId>(`${BASE}/:id`, { schema: withId }, async (request, reply) => {
    const caller = callerOf(request);
    const install = view.get(request.params.id);
    if (install === undefined || !maySee(caller, install)) return refuse(reply, notFound);
    return reply.header('etag', entityTag(install)).send(installAnswer(install, caller));
  });

  server.put<WithId>(`${BASE}/:id`, { schema: withId }, async (request, reply) => {
    const caller = callerOf(request);
    if (caller.role === 'reader') return refuse(reply, forbidden('a token of role reader may not write'));
    const checked = checkDocument(request.body, rule);
    if (!checked.ok) return refuse(reply, checked.problem);
    return change(request, reply, 'apply', (current) => {
      const changed = applyInstallDocument(request.params.id, checked.document, current, secretChange());
      const refusal = writeRefusal(caller, changed.install) ?? (current && wideningRefusal(caller, current, changed.install));
      if (refusal !== undefined) return refused(forbidden(refusal));
      return { kind: 'write', install: changed.install, result: { ...changed, created: current === undefined } };
    });
  });

  server.delete<WithId>(`${BASE}/:id`, { schema: withId }, async (request, reply) => {
    const outcome = await write<number>(request, { creates: false }, (current) =>
      current === undefined ? refused(notFound) : { kind: 'write', install: null, result: current.version },
    );
    if (!outcome.ok) return refuse(reply, outcome.problem);
    onChanged({ caller: callerOf(request).name, action: 'remove', installId: request.params.id, version: outcome.result });
    return reply.code(204).send();
  });

  for (const [action, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    server.post<WithId>(`${BASE}/:id/${action}`, { schema: withId }, async (request, reply) => {
      if (callerOf(request).role !== 'operator') {
        return refuse(reply, forbidden(`only a token of role operator may ${action}`));
      }
      return change(request, reply, action, (current) => {
        if (current === undefined) return refused(notFound);
        if (current.paused === paused) return { kind: 'keep', result: { install: current, generatedSecret: null } };
        const install = withPaused(current, paused, now());
        return { kind: 'write', install, result: { install, generatedSecret: null } };
      });
    });
  }

  server.post<WithId & { Body: { signing_secret?: string; overlap_seconds?: number } | null }>(
    `${BASE}/:id/secrets/rotate`,
    { schema: rotateSchema },
    async (request, reply) => {
      const { signing_secret: secret, overlap_seconds: overlapSeconds } = request.body ?? {};
      if (secret !== undefined && readSigningSecret(secret) === undefined) {
        return refuse(reply, {
          code: 'ERR_ADMIN_BAD_REQUEST',
          detail: 'signing_secret must be whsec_ and the base64 text of 24 to 64 bytes',
        });
      }
      return change(request, reply, 'rotate', (current) => {
        if (current === undefined) return refused(notFound);
        const changed = withRotatedSecret(current, secret, secretChange(overlapSeconds));
        return { kind: 'write', install: changed.install, result: changed };
      });
    },
  );
}
