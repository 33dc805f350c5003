import { describe, expect, it } from 'vitest';
import { type Admission, type AppLimits, createAdmission } from './admission.ts';
import { createInFlight } from './in-flight.ts';

function setUp(maxRequests = 100) {
  const clock = { now: 0 };
  const inFlight = createInFlight({ maxRequests, maxBytes: 1_000, code: 'ERR_INGRESS_OVERLOADED' });
  return { clock, inFlight, admission: createAdmission({ inFlight, monotonic: () => clock.now }) };
}

const limits = (limited: Partial<AppLimits>): AppLimits => ({ requestsPerSecond: undefined, bytesInFlight: undefined, ...limited });

/** Admits so many requests and lets each go at once; gives the number that was admitted. */
function admitted(admission: Admission, app: string, appLimits: AppLimits | undefined, count: number): number {
  let ok = 0;
  for (let index = 0; index < count; index += 1) {
    const outcome = admission.admit(app, appLimits);
    if (outcome.ok) {
      ok += 1;
      outcome.permit.leave();
    } else expect(outcome.code).toBe('ERR_INGRESS_APP_LIMIT');
  }
  return ok;
}

describe('createAdmission', () => {
  it('admits an app of 10 requests a second 10 at once and 10 more after each second, and all 100 of another app without a limit', () => {
    const { clock, admission } = setUp();
    const ten = limits({ requestsPerSecond: 10 });
    expect(admitted(admission, 'a', ten, 100)).toBe(10);
    expect(admitted(admission, 'b', undefined, 100)).toBe(100);
    clock.now = 500;
    expect(admitted(admission, 'a', ten, 100)).toBe(5);
    clock.now = 5_000;
    expect(admitted(admission, 'a', ten, 100)).toBe(10);
  });

  it('has the limits of a changed configuration in use at once', () => {
    const { admission } = setUp();
    expect(admitted(admission, 'a', limits({ requestsPerSecond: 2 }), 9)).toBe(2);
    expect(admitted(admission, 'a', limits({ requestsPerSecond: 5 }), 9)).toBe(5);
    expect(admitted(admission, 'a', undefined, 9)).toBe(9);
  });

  it('keeps the body bytes of an app within its limit, and gives them back', () => {
    const { admission, inFlight } = setUp();
    const first = admission.admit('a', limits({ bytesInFlight: 100 }));
    const second = admission.admit('a', limits({ bytesInFlight: 100 }));
    if (!first.ok || !second.ok) throw new Error('not admitted');
    expect([first.permit.grow(80), second.permit.grow(30)]).toEqual([undefined, 'ERR_INGRESS_APP_LIMIT']);
    first.permit.leave();
    expect(second.permit.grow(30)).toBeUndefined();
    second.permit.leave();
    expect([inFlight.requests(), inFlight.bytes()]).toEqual([0, 0]);
  });

  it('says overloaded when the process is at its own limit', () => {
    const { admission } = setUp(1);
    expect(admission.admit('a', undefined).ok).toBe(true);
    expect(admission.admit('b', limits({ requestsPerSecond: 5 }))).toEqual({ ok: false, code: 'ERR_INGRESS_OVERLOADED' });
  });
});
