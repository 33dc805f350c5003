import { createTokenBucket, type TokenBucket } from '@switchboard/runtime';
import type { IngressCode } from '../codes.ts';
import { createInFlight, type InFlight, type Permit } from './in-flight.ts';

/** Limits of one app, so that one app's senders cannot take the capacity of all. Undefined is no limit. */
export interface AppLimits {
  /** Authenticated requests a second; as many may come at once. */
  readonly requestsPerSecond: number | undefined;
  /** Body bytes of authenticated requests that are handled at once. */
  readonly bytesInFlight: number | undefined;
}

export type Admitted = { readonly ok: true; readonly permit: Permit } | { readonly ok: false; readonly code: IngressCode };

/** Admits authenticated requests: within the limits of their app first, then within those of the process. */
export interface Admission {
  admit(app: string, limits: AppLimits | undefined): Admitted;
}

export interface AdmissionOptions {
  readonly inFlight: InFlight;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
}

/** What one app has used of its limits; made again when the configuration changes them. */
interface AppUse {
  readonly limits: AppLimits;
  readonly rate: TokenBucket | undefined;
  readonly bytes: InFlight | undefined;
}

export function createAdmission({ inFlight, monotonic }: AdmissionOptions): Admission {
  const uses = new Map<string, AppUse>();

  function useOf(app: string, limits: AppLimits): AppUse {
    const known = uses.get(app);
    if (known !== undefined && isSame(known.limits, limits)) return known;
    const { requestsPerSecond, bytesInFlight } = limits;
    const use: AppUse = {
      limits,
      rate:
        requestsPerSecond === undefined
          ? undefined
          : createTokenBucket({ perSecond: requestsPerSecond, size: Math.max(1, requestsPerSecond) }, monotonic()),
      bytes:
        bytesInFlight === undefined
          ? undefined
          : createInFlight({ maxRequests: Number.POSITIVE_INFINITY, maxBytes: bytesInFlight, code: 'ERR_INGRESS_APP_LIMIT' }),
    };
    uses.set(app, use);
    return use;
  }

  return {
    admit(app, limits) {
      const use = limits === undefined ? undefined : useOf(app, limits);
      if (use?.rate?.take(monotonic()) === false) return { ok: false, code: 'ERR_INGRESS_APP_LIMIT' };
      const permit = inFlight.enter();
      if (permit === undefined) return { ok: false, code: 'ERR_INGRESS_OVERLOADED' };
      const ofApp = use?.bytes?.enter();
      return { ok: true, permit: ofApp === undefined ? permit : both(ofApp, permit) };
    },
  };
}

function isSame(one: AppLimits, other: AppLimits): boolean {
  return one.requestsPerSecond === other.requestsPerSecond && one.bytesInFlight === other.bytesInFlight;
}

function both(first: Permit, second: Permit): Permit {
  return {
    grow: (bytes) => first.grow(bytes) ?? second.grow(bytes),
    leave() {
      first.leave();
      second.leave();
    },
  };
}
