import type { InboundHead } from '@switchboard/source-kit';
import type { Authentication } from '../accept/authenticate.ts';
import type { Permit } from '../accept/in-flight.ts';
import type { Outcome } from '../accept/outcome.ts';
import type { Connection } from '../edge/connections.ts';
import type { UnauthenticatedPermit } from '../edge/unauthenticated.ts';
import type { CancelBody } from './read-body.ts';

/** One request, from its head to its response. */
export interface Exchange {
  readonly head: InboundHead;
  /** Monotonic time of the head, milliseconds. */
  readonly startedAt: number;
  /** The address of its sender for log lines; that of the proxy where a trusted one names no other. */
  readonly peer: string;
  readonly connection: Connection;
  /** Its place: among the unauthenticated requests first, then among those in flight. */
  permit: Permit | UnauthenticatedPermit;
  /** Set once the response is sent or the connection has closed: nothing may be taken for the request any more. */
  closed: boolean;
  /** Set once the sender is authenticated. Until then every response closes the connection. */
  authenticated: boolean;
  /** Set once the head has passed. */
  authentication: Authentication | undefined;
  /** Lets a pipelined request proceed; called once the sender is authenticated, or its response is sent. */
  readonly judged: () => void;
  /** Tells a sender that asked first to send its body. */
  readonly proceed: () => void;
  /** Whether the whole request has been parsed: then what cannot be parsed belongs to another one. */
  readonly isComplete: () => boolean;
  /** Set when the rest of the request cannot be parsed, or is late. */
  broken: Outcome | undefined;
  /** Set while the body is read. */
  cancelBody: CancelBody | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange | null;
  }
}
