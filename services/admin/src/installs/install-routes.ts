import {
  actionRefusal,
  applyInstallDocument,
  type ChangedInstall,
  type ChangeOutcome,
  createInstallOpener,
  type Decision,
  decideWrite,
  entityTag,
  forbidden,
  type InstallChange,
  type InstallDocument,
  type InstallOpener,
  type InstallStore,
  type InstallView,
  maySee,
  noSuchInstall,
  refused,
  type SecretBox,
  type SecretChange,
  typesWithoutTheirQuery,
  wideningRefusal,
  withPaused,
  withRotatedSecret,
  writeRefusal,
} from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';
import type { Static } from '@switchboard/validation';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type PageQuery, pageOf } from '../http/page.ts';
import { withoutItsQuery } from './document-check.ts';
import { installResponse } from './install-response.ts';
import type { AppInstallJson, rotationSchema } from './install-schemas.ts';
import { type ResealRouteParts, resealRoute } from './reseal-route.ts';
import { installRouteSchemas as schemas } from './route-schemas.ts';

export interface InstallRoutesParts extends ResealRouteParts {
  readonly view: Pick<InstallView, 'get' | 'all' | 'shows'>;
  readonly store: InstallStore;
  readonly box: SecretBox;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Called for every accepted change. */
  readonly onChanged: (change: {
    readonly caller: string;
    readonly action: string;
    readonly installId: string;
    readonly version: number;
  }) => void;
  /** Called when header values and queries of an install were shown. */
  readonly onSecretsShown: (shown: { readonly caller: string; readonly installId: string }) => void;
}

const BASE = '/v1/app-installs';
const DEFAULT_OVERLAP_SECONDS = 86_400;
const VIEW_WAIT_MS = 2_000;

interface Listing {
  Querystring: PageQuery;
}

interface WithId {
  Params: { id: string };
}

interface Showing extends WithId {
  Querystring: { secrets?: 'show' };
}

interface Application extends WithId {
  /** The body as its reader leaves it. */
  Body: InstallDocument;
}

interface Rotation extends WithId {
  Body: Static<typeof rotationSchema>;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Registers the routes of app installs. Every request has a caller already. */
export function installRoutes(server: FastifyInstance, parts: InstallRoutesParts): void {
  const routes = new InstallRoutes(parts);
  const one = `${BASE}/:id`;
  const { callerOf, refuse } = parts;
  // What the token may do is judged before the body is, so that a reader gets 403 for every body.
  const writers = async (request: FastifyRequest, reply: FastifyReply) => {
    const notAllowed = actionRefusal(callerOf(request), 'apply');
    if (notAllowed !== undefined) return refuse(reply, forbidden(notAllowed));
  };
  server.get<Listing>(BASE, { schema: schemas.list }, async (request) => routes.list(request));
  server.get<Showing>(one, { schema: schemas.show }, async (request, reply) => routes.show(request, reply));
  server.put<Application>(one, { schema: schemas.apply, preValidation: writers }, async (request, reply) => routes.apply(request, reply));
  server.delete<WithId>(one, { schema: schemas.remove }, async (request, reply) => routes.remove(request, reply));
  server.post<WithId>(`${one}/pause`, { schema: schemas.pause }, async (request, reply) => routes.setPaused(request, reply, 'pause'));
  server.post<WithId>(`${one}/resume`, { schema: schemas.resume }, async (request, reply) => routes.setPaused(request, reply, 'resume'));
  server.post<Rotation>(`${one}/secrets/rotate`, { schema: schemas.rotate }, async (request, reply) => routes.rotate(request, reply));
  resealRoute(server, parts);
}

class InstallRoutes {
  readonly #parts: InstallRoutesParts;
  readonly #opener: InstallOpener;

  constructor(parts: InstallRoutesParts) {
    this.#parts = parts;
    this.#opener = createInstallOpener(parts.box);
  }

  list(request: FastifyRequest<Listing>): { readonly app_installs: readonly AppInstallJson[]; readonly next: string | null } {
    const caller = this.#parts.callerOf(request);
    const visible = this.#parts.view.all().filter((install) => maySee(caller, install));
    const { items, next } = pageOf(visible, ({ installId }) => installId, request.query);
    return { app_installs: items.map((install) => installResponse(install)), next };
  }

  show(request: FastifyRequest<Showing>, reply: FastifyReply): FastifyReply {
    const { view, callerOf, refuse, onSecretsShown } = this.#parts;
    const caller = callerOf(request);
    const install = view.get(request.params.id);
    if (install === undefined || !maySee(caller, install)) return refuse(reply, noSuchInstall);
    reply.header('etag', entityTag(install));
    if (request.query.secrets === undefined) return reply.send(installResponse(install));
    if (caller.role !== 'operator') return refuse(reply, forbidden('only a token of role operator may see header values and queries'));
    onSecretsShown({ caller: caller.name, installId: install.installId });
    return reply.send(installResponse(this.#opener.open(install), { showsSecrets: true }));
  }

  async apply(request: FastifyRequest<Application>, reply: FastifyReply): Promise<FastifyReply> {
    const caller = this.#parts.callerOf(request);
    return this.#change(request, reply, 'apply', (current) => {
      const changed = applyInstallDocument(request.params.id, request.body, current, this.#secretChange());
      const refusal = writeRefusal(caller, changed.install) ?? (current && wideningRefusal(caller, current, changed.install));
      if (refusal !== undefined) return refused(forbidden(refusal));
      const [type] = current === undefined ? [] : typesWithoutTheirQuery(this.#opener.open(current), request.body);
      if (type !== undefined) return refused(withoutItsQuery(type));
      return { kind: 'write', install: changed.install, result: { ...changed, created: current === undefined } };
    });
  }

  async remove(request: FastifyRequest<WithId>, reply: FastifyReply): Promise<FastifyReply> {
    const { callerOf, refuse, onChanged } = this.#parts;
    const outcome = await this.#write<number>(request, 'remove', (current) =>
      current === undefined ? refused(noSuchInstall) : { kind: 'write', install: null, result: current.version },
    );
    if (!outcome.ok) return refuse(reply, outcome.problem);
    onChanged({ caller: callerOf(request).name, action: 'remove', installId: request.params.id, version: outcome.result });
    return reply.code(204).send();
  }

  async setPaused(request: FastifyRequest<WithId>, reply: FastifyReply, action: 'pause' | 'resume'): Promise<FastifyReply> {
    const { callerOf, refuse, now } = this.#parts;
    const paused = action === 'pause';
    const notAllowed = actionRefusal(callerOf(request), action);
    if (notAllowed !== undefined) return refuse(reply, forbidden(notAllowed));
    return this.#change(request, reply, action, (current) => {
      if (current === undefined) return refused(noSuchInstall);
      if (current.paused === paused) return { kind: 'keep', result: { install: current, generatedSecret: null } };
      const install = withPaused(current, paused, now());
      return { kind: 'write', install, result: { install, generatedSecret: null } };
    });
  }

  async rotate(request: FastifyRequest<Rotation>, reply: FastifyReply): Promise<FastifyReply> {
    const { signing_secret: secret, overlap_seconds: overlapSeconds } = request.body ?? {};
    return this.#change(request, reply, 'rotate', (current) => {
      if (current === undefined) return refused(noSuchInstall);
      const changed = withRotatedSecret(current, secret, this.#secretChange(overlapSeconds));
      return { kind: 'write', install: changed.install, result: changed };
    });
  }

  /** Writes an install, and responds with its new version once the view shows it. */
  async #change(
    request: FastifyRequest<WithId>,
    reply: FastifyReply,
    action: 'apply' | 'pause' | 'resume' | 'rotate',
    decide: (current: AppInstall | undefined) => Decision<ChangedInstall & { readonly created?: boolean }>,
  ): Promise<FastifyReply> {
    const { view, callerOf, refuse, onChanged } = this.#parts;
    const caller = callerOf(request);
    const { id } = request.params;
    const outcome = await this.#write(request, action, decide);
    if (!outcome.ok) return refuse(reply, outcome.problem);
    const { install, generatedSecret, created = false } = outcome.result;
    onChanged({ caller: caller.name, action, installId: id, version: install.version });
    await view.shows(id, install.version, VIEW_WAIT_MS);
    const secret = generatedSecret === null ? {} : { signing_secret: generatedSecret };
    return reply
      .code(created ? 201 : 200)
      .header('etag', entityTag(install))
      .send({ ...installResponse(install), ...secret });
  }

  /** Writes what `decide` makes of the stored state, as the caller sees it and where the caller may write it. */
  #write<T>(
    request: FastifyRequest<WithId>,
    change: InstallChange,
    decide: (current: AppInstall | undefined) => Decision<T>,
  ): Promise<ChangeOutcome<T>> {
    const caller = this.#parts.callerOf(request);
    const creates = change === 'apply';
    const audit = {
      requestId: request.id,
      actor: caller.name,
      role: caller.role,
      action: `install.${change}`,
      at: this.#parts.now(),
    } as const;
    const conditions = { ifMatch: header(request, 'if-match'), ifNoneMatch: creates ? header(request, 'if-none-match') : undefined };
    return this.#parts.store.change(request.params.id, audit, (stored) =>
      decideWrite(stored, { caller, change, conditions, creates }, decide),
    );
  }

  #secretChange(overlapSeconds = DEFAULT_OVERLAP_SECONDS): SecretChange {
    const { box, now, newId } = this.#parts;
    return { box, now: now(), overlapMs: overlapSeconds * 1_000, newSecretId: newId };
  }
}
