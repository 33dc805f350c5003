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
import { maySee, writeRefusal } from './access.ts';
import { checkDocument } from './document-check.ts';
import { entityTag, installAnswer } from './install-answer.ts';
import type { Decision, InstallStore } from './install-store.ts';
import { type AdminProblem, sendProblem } from './problem.ts';
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
  /** Told of every accepted change. */
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

function refuse(problem: AdminProblem): Decision<never> {
  return { kind: 'refuse', problem };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Registers the routes of app installs. Every request has a caller already. */
export function installRoutes(server: FastifyInstance, parts: InstallRoutesParts): void {
  const { view, store, box, rule, now, newId, callerOf, onChanged } = parts;

  const secretChange = (overlapSeconds = DEFAULT_OVERLAP_SECONDS): SecretChange => ({
    box,
    now: now(),
    overlapMs: overlapSeconds * 1_000,
    newSecretId: newId,
  });

  /** Changes an install on behalf of the caller: what it may not see does not exist, what it may not write is refused. */
  async function change(
    request: FastifyRequest<WithId>,
    reply: FastifyReply,
    action: string,
    decide: (current: AppInstall | undefined) => Decision<ChangedInstall & { readonly created?: boolean }>,
  ): Promise<FastifyReply> {
    const caller = callerOf(request);
    const { id } = request.params;
    const conditions = { ifMatch: header(request, 'if-match'), ifNoneMatch: header(request, 'if-none-match') };
    const outcome = await store.change(id, (current) => {
      if (current !== undefined && !maySee(caller, current)) return refuse(notFound);
      const forbidden = current && writeRefusal(caller, current);
      if (forbidden !== undefined) return refuse({ code: 'ERR_ADMIN_FORBIDDEN', detail: forbidden });
      const wrongVersion = versionProblem(current, conditions);
      return wrongVersion === undefined ? decide(current) : refuse(wrongVersion);
    });
    if (!outcome.ok) return sendProblem(reply, outcome.problem);
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
    if (install === undefined || !maySee(caller, install)) return sendProblem(reply, notFound);
    return reply.header('etag', entityTag(install)).send(installAnswer(install, caller));
  });

  server.put<WithId>(`${BASE}/:id`, { schema: withId }, async (request, reply) => {
    const caller = callerOf(request);
    if (caller.role === 'reader')
      return sendProblem(reply, { code: 'ERR_ADMIN_FORBIDDEN', detail: 'a token of role reader may not write' });
    const checked = checkDocument(request.body, rule);
    if (!checked.ok) return sendProblem(reply, checked.problem);
    return change(request, reply, 'apply', (current) => {
      const changed = applyInstallDocument(request.params.id, checked.document, current, secretChange());
      const forbidden = writeRefusal(caller, changed.install);
      if (forbidden !== undefined) return refuse({ code: 'ERR_ADMIN_FORBIDDEN', detail: forbidden });
      return { kind: 'write', install: changed.install, result: { ...changed, created: current === undefined } };
    });
  });

  server.delete<WithId>(`${BASE}/:id`, { schema: withId }, async (request, reply) => {
    const caller = callerOf(request);
    const { id } = request.params;
    const conditions = { ifMatch: header(request, 'if-match'), ifNoneMatch: undefined };
    const outcome = await store.change<number>(id, (current) => {
      if (current === undefined || !maySee(caller, current)) return refuse(notFound);
      const forbidden = writeRefusal(caller, current);
      if (forbidden !== undefined) return refuse({ code: 'ERR_ADMIN_FORBIDDEN', detail: forbidden });
      const wrongVersion = versionProblem(current, conditions);
      return wrongVersion === undefined ? { kind: 'write', install: null, result: current.version } : refuse(wrongVersion);
    });
    if (!outcome.ok) return sendProblem(reply, outcome.problem);
    onChanged({ caller: caller.name, action: 'remove', installId: id, version: outcome.result });
    return reply.code(204).send();
  });

  for (const [action, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    server.post<WithId>(`${BASE}/:id/${action}`, { schema: withId }, async (request, reply) => {
      if (callerOf(request).role !== 'operator') {
        return sendProblem(reply, { code: 'ERR_ADMIN_FORBIDDEN', detail: `only a token of role operator may ${action}` });
      }
      return change(request, reply, action, (current) => {
        if (current === undefined) return refuse(notFound);
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
        return sendProblem(reply, {
          code: 'ERR_ADMIN_BAD_REQUEST',
          detail: 'signing_secret must be whsec_ and the base64 text of 24 to 64 bytes',
        });
      }
      return change(request, reply, 'rotate', (current) => {
        if (current === undefined) return refuse(notFound);
        const changed = withRotatedSecret(current, secret, secretChange(overlapSeconds));
        return { kind: 'write', install: changed.install, result: changed };
      });
    },
  );
}
