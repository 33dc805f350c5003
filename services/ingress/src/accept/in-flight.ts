import type { IngressCode } from '../codes.ts';

/** The place of one request among those that are handled. */
export interface Permit {
  /** Takes room for further body bytes; the code of the limit that leaves none, else undefined. */
  grow(bytes: number): IngressCode | undefined;
  /** Gives everything back; further calls do nothing. */
  leave(): void;
}

export interface InFlight {
  /** A permit, or undefined when too many requests are in flight. */
  enter(): Permit | undefined;
  requests(): number;
  bytes(): number;
}

export interface InFlightLimits {
  readonly maxRequests: number;
  readonly maxBytes: number;
  /** What a request is refused with beyond them. */
  readonly code: IngressCode;
}

export function createInFlight(limits: InFlightLimits): InFlight {
  let requests = 0;
  let bytes = 0;
  return {
    enter() {
      if (requests >= limits.maxRequests) return undefined;
      requests += 1;
      let own = 0;
      let left = false;
      return {
        grow(more) {
          if (left || bytes + more > limits.maxBytes) return limits.code;
          own += more;
          bytes += more;
          return undefined;
        },
        leave() {
          if (left) return;
          left = true;
          requests -= 1;
          bytes -= own;
        },
      };
    },
    requests: () => requests,
    bytes: () => bytes,
  };
}
