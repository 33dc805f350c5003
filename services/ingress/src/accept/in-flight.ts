/** The place of one request among those in flight. */
export interface Permit {
  /** Takes room for further body bytes; false when there is none. */
  grow(bytes: number): boolean;
  /** Gives everything back; further calls do nothing. */
  leave(): void;
}

export interface InFlight {
  /** A permit, or undefined when too many requests are in flight. */
  enter(): Permit | undefined;
  requests(): number;
  bytes(): number;
}

export function createInFlight(limits: { readonly maxRequests: number; readonly maxBytes: number }): InFlight {
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
          if (left || bytes + more > limits.maxBytes) return false;
          own += more;
          bytes += more;
          return true;
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
