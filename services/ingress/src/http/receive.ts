import type { InboundHead } from '@switchboard/source-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Accept } from '../accept/accept.ts';
import type { Admission } from '../accept/admission.ts';
import type { Authenticate, Authenticated, Authentication, Ended } from '../accept/authenticate.ts';
import type { Outcome } from '../accept/outcome.ts';
import type { RouteGroup } from '../accept/route-groups.ts';
import type { Connection } from '../edge/connections.ts';
import type { KnownPeers } from '../edge/known-peers.ts';
import type { Peers } from '../edge/peer.ts';
import type { Unauthenticated } from '../edge/unauthenticated.ts';
import { checkEdge } from './edge-checks.ts';
import type { Exchange } from './exchange.ts';
import { inboundHeaders } from './inbound-headers.ts';
import type { Pipelines } from './pipelines.ts';
import { type BodyOutcome, declaredBytesOf, readBody } from './read-body.ts';
import type { Respond } from './respond.ts';
import type { ConnectionOf } from './track-connections.ts';

export interface ReceiveOptions {
  readonly authenticate: Authenticate;
  readonly accept: Accept;
  readonly admission: Admission;
  readonly unauthenticated: Unauthenticated;
  readonly peers: Peers;
  readonly knownPeers: KnownPeers;
  readonly connectionOf: ConnectionOf;
  readonly pipelines: Pipelines;
  readonly respond: Respond;
  readonly maxBodyBytes: number;
  /** Least bytes a second of a body whose sender is not authenticated yet. */
  readonly minBodyRate: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  readonly newId: (now: number) => string;
}

/** The stages of a request, as Fastify runs them. */
export interface Receive {
  /** Checks the head and authenticates the sender as far as the head allows. Either sends the response or calls `proceed`, with an error after a fault. */
  head(request: FastifyRequest, reply: FastifyReply, group: RouteGroup | undefined, proceed: (error?: Error) => void): void;
  /** Reads the body, does the rest and sends the response. */
  rest(request: FastifyRequest, reply: FastifyReply): void;
  /**
   * What arrives on a connection cannot be parsed, or arrives too late. Ends the request whose body it is with the outcome;
   * a request whose response is due gets that as the last one. False when there is no request.
   */
  cannotParse(connection: Connection, outcome: Outcome): boolean;
}

const MAX_HEADERS = 64;
const unknownRoute: Outcome = { kind: 'not-found', code: 'ERR_INGRESS_ROUTE' };
const reachable: Outcome = { kind: 'accepted', answer: { status: 200, headers: {}, body: '' } };

/** An outcome of a request whose source is not known, or does not matter. */
export function endedWithoutSource(outcome: Outcome): Ended {
  return { source: 'none', app: null, outcome };
}

/** The request that is being received on a connection, or whose response is due. */
type OpenExchanges = WeakMap<Connection, Exchange>;

function createEnter({ peers, pipelines, respond, unauthenticated, now, monotonic, newId }: ReceiveOptions, open: OpenExchanges) {
  /** Gives the request a place among those that are not authenticated; the oldest of them is evicted where none is left. */
  function enter(request: FastifyRequest, reply: FastifyReply, connection: Connection): Exchange {
    const { headers, duplicateHeaders } = inboundHeaders(request.raw);
    const receivedAt = now();
    const head: InboundHead = {
      notificationId: newId(receivedAt),
      receivedAt,
      method: request.method,
      pathParameters: request.params as Readonly<Record<string, string>>,
      query: queryOf(request.raw.url ?? ''),
      headers,
      duplicateHeaders,
    };
    const { remoteAddress = '' } = request.raw.socket;
    const peer = peers.peerOf(remoteAddress, headers);
    const exchange: Exchange = {
      head,
      startedAt: monotonic(),
      peer: peer ?? remoteAddress,
      connection,
      closed: false,
      authenticated: false,
      authentication: undefined,
      proceed: () => reply.raw.writeContinue(),
      judged: () => pipelines.judged(connection),
      isComplete: () => request.raw.complete,
      broken: undefined,
      cancelBody: undefined,
      permit: unauthenticated.enter(peer, (code) => {
        const outcome: Outcome = { kind: 'unavailable', code };
        if (exchange.cancelBody !== undefined) exchange.cancelBody(outcome);
        else respond(request, reply, endedBy(exchange, outcome));
      }),
    };
    request.exchange = exchange;
    open.set(connection, exchange);
    reply.raw.once('close', () => {
      exchange.closed = true;
      if (open.get(connection) === exchange) open.delete(connection);
      exchange.permit.leave();
      exchange.judged();
    });
    if (peer !== undefined) connection.countFor(peer);
    return exchange;
  }

  return enter;
}

export function createReceive(options: ReceiveOptions): Receive {
  const { accept, admission, authenticate, connectionOf, knownPeers, respond } = options;
  const open: OpenExchanges = new WeakMap();
  const enter = createEnter(options, open);

  /** Moves an authenticated request out of the unauthenticated budget; the outcome where its own limits leave no room. */
  function promote(exchange: Exchange, { app, config }: Authentication, bodyBytes: number): Outcome | undefined {
    exchange.authenticated = true;
    exchange.connection.authenticated();
    knownPeers.remember(exchange.peer);
    exchange.judged();
    exchange.permit.leave();
    // Its sender has disconnected: a permit taken now would never be given back.
    if (exchange.closed) return undefined;
    const admitted = admission.admit(app, config.limits.get(app));
    if (!admitted.ok) return { kind: 'unavailable', code: admitted.code };
    exchange.permit = admitted.permit;
    const code = admitted.permit.grow(bodyBytes);
    return code === undefined ? undefined : { kind: 'unavailable', code };
  }

  /** The end of a request whose head was judged; undefined where its body is to be read. */
  function endOfHead(exchange: Exchange, result: Authenticated): Ended | undefined {
    if (!result.ok) return result.ended;
    const { authentication } = result;
    exchange.authentication = authentication;
    if (authentication.principal === null) return undefined;
    const noRoom = promote(exchange, authentication, 0);
    return noRoom === undefined ? undefined : endedBy(exchange, noRoom);
  }

  return {
    head(request, reply, group, proceed) {
      const connection = connectionOf(request.raw.socket);
      if (connection === undefined) throw new Error('Connection is not tracked');
      const exchange = enter(request, reply, connection);
      const { head } = exchange;
      const refusal = checkEdge(request.raw, head, { maxBodyBytes: options.maxBodyBytes, maxHeaders: MAX_HEADERS });
      if (refusal !== undefined) return respond(request, reply, endedWithoutSource(refusal));
      if (group === undefined) return respond(request, reply, endedWithoutSource(unknownRoute));
      if (group.method === 'GET') {
        return respond(request, reply, { source: group.sources[0]?.id ?? 'none', app: null, outcome: reachable });
      }
      const judged = (result: Authenticated): void => {
        // Evicted in between, or the sender has disconnected.
        if (reply.sent || exchange.closed) return;
        const ended = endOfHead(exchange, result);
        if (ended === undefined) proceed();
        else respond(request, reply, ended);
      };
      const result = authenticate(group.sources, head);
      if (result instanceof Promise) result.then(judged).catch(proceed);
      else judged(result);
    },
    cannotParse(connection, outcome) {
      const exchange = open.get(connection);
      if (exchange === undefined) return false;
      connection.closing = true;
      connection.unreadable = true;
      if (!exchange.isComplete()) {
        exchange.broken = outcome;
        exchange.cancelBody?.(outcome);
      }
      return true;
    },
    rest(request, reply) {
      const { exchange } = request;
      const authentication = exchange?.authentication;
      if (exchange === null || authentication === undefined) throw new Error('onRequest hook did not authenticate');
      bodyOf(request, exchange, options, (read) => {
        if (!read.ok) return respond(request, reply, endedBy(exchange, read.outcome), 'body unread');
        const { body } = read;
        const accepting = accept({
          authentication,
          request: { ...exchange.head, body },
          startedAt: exchange.startedAt,
          onVerified: () => (exchange.authenticated ? undefined : promote(exchange, authentication, body.length)),
          onGone: (listener) => reply.raw.once('close', listener),
        });
        accepting.then((ended) => respond(request, reply, ended)).catch((error) => reply.send(error));
      });
    },
  };
}

/** Calls back once, with the body or with why there is none. */
function bodyOf(
  request: FastifyRequest,
  exchange: Exchange,
  options: Pick<ReceiveOptions, 'maxBodyBytes' | 'minBodyRate' | 'unauthenticated'>,
  callback: (outcome: BodyOutcome) => void,
): void {
  if (exchange.broken !== undefined) {
    callback({ ok: false, outcome: exchange.broken });
    return;
  }
  exchange.cancelBody = readBody(
    request.raw,
    {
      maxBytes: options.maxBodyBytes,
      permit: exchange.permit,
      onRoom: () => {
        // HTTP/1.0 has no interim responses.
        if (exchange.head.headers.expect !== undefined && request.raw.httpVersion === '1.1') exchange.proceed();
      },
      ...(exchange.authenticated
        ? {}
        : {
            unauthenticated: {
              declaredBytes: declaredBytesOf(exchange.head),
              smallBytes: options.unauthenticated.smallBytes,
              minBytesPerSecond: options.minBodyRate,
            },
          }),
    },
    (outcome) => {
      exchange.cancelBody = undefined;
      callback(outcome);
    },
  );
}

/** The outcome of a request for the source and app that its head was found to address. */
export function endedBy({ authentication }: Pick<Exchange, 'authentication'>, outcome: Outcome): Ended {
  if (authentication === undefined) return endedWithoutSource(outcome);
  const [{ source }] = authentication.candidates;
  return { source: source.id, app: authentication.app, outcome };
}

function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
