import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import type { Evidence } from './facts.ts';
import { faultsInDeliveries } from './testing/faults-in-deliveries.ts';
import { faultsInNotifications } from './testing/faults-in-notifications.ts';
import type { MutableEvidence } from './testing/mutations.ts';
import { soundEvidence } from './testing/sound-evidence.ts';
import { positionOf } from './verdict.ts';

const faults = [...faultsInNotifications, ...faultsInDeliveries];

const broken = (evidence: Evidence): string[] =>
  check(evidence).flatMap(({ promise, violations }) => (violations.length > 0 ? [promise.split(' ')[0] ?? ''] : []));

describe('checker', () => {
  it('finds nothing wrong with a sound run', () => {
    expect(check(soundEvidence()).flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has at least 20 seeded faults', () => expect(faults.length).toBeGreaterThanOrEqual(20));

  it.each(faults)('finds that %s', (_name, promise, seed) => {
    const evidence = structuredClone(soundEvidence()) as MutableEvidence;
    seed(evidence);
    expect(broken(evidence)).toContain(promise);
  });

  /** What a handover may have done: these alone may go unfound while one is known. */
  const excused = new Set([
    'a waiting delivery stands twice',
    'a dead delivery stands twice',
    'an outcome stands twice',
    'an attempt was made twice and others were left out',
    'a delivery is dead and was delivered',
  ]);

  it.each(faults)('finds under a known handover, or excuses it by name, that %s', (name, promise, seed) => {
    const handovers = [{ from: 0, to: Number.MAX_SAFE_INTEGER, times: 1 }];
    const evidence = structuredClone({ ...soundEvidence(), handovers }) as MutableEvidence;
    seed(evidence);
    if (excused.has(name)) expect(broken(evidence)).not.toContain(promise);
    else expect(broken(evidence)).toContain(promise);
  });

  it('allows one more request a handover, and no second more', () => {
    const evidence = soundEvidence();
    const last = evidence.received.at(-1);
    if (last === undefined) throw new Error('no request');
    const handovers = [{ from: last.at - 1, to: last.at, times: 1 }];
    const more = (count: number) => [...evidence.received, ...Array.from({ length: count }, () => last)];
    expect(broken({ ...evidence, handovers, received: more(1) })).toEqual([]);
    expect(broken({ ...evidence, handovers, received: more(2) })).toEqual(['I6']);
  });

  it('allows no more for a handover at another time, nor more in all than could be in flight', () => {
    const evidence = soundEvidence();
    const last = evidence.received.at(-1);
    if (last === undefined) throw new Error('no request');
    const handovers = [{ from: last.at + 1, to: last.at + 2, times: 1 }];
    expect(broken({ ...evidence, handovers, received: [...evidence.received, last, last] })).toEqual(['I6']);
    const during = [{ from: 0, to: last.at, times: 2 }];
    const twice = [...evidence.received, ...evidence.received];
    expect(broken({ ...evidence, handovers: during, mostInFlight: 100, received: twice })).toEqual([]);
    expect(broken({ ...evidence, handovers: during, mostInFlight: 1, received: twice })).toEqual(['I6']);
  });

  it('promises nothing for a request without an answer, stored or not', () => {
    const evidence = soundEvidence();
    expect(
      broken({ ...evidence, sent: evidence.sent.map((request, index) => (index === 11 ? { ...request, status: 503 } : request)) }),
    ).toEqual([]);
  });

  it('asks for no request of an attempt that failed before one arrived', () => {
    const evidence = soundEvidence();
    const [dead] = evidence.dead;
    const outcomes = evidence.outcomes.map((outcome) =>
      outcome.deliveryId === dead?.deliveryId ? { ...outcome, code: 'ERR_ATTEMPT_TIMEOUT' } : outcome,
    );
    const received = evidence.received.filter(({ webhookId }) => webhookId !== dead?.deliveryId);
    expect(broken({ ...evidence, outcomes, received })).toEqual([]);
  });

  it('asks for no waiting delivery of an attempt that was made again after its process died', () => {
    const evidence = soundEvidence();
    const [lost, ...retries] = evidence.retries;
    const repeated = evidence.outcomes.find(({ deliveryId, attempt }) => deliveryId === lost?.deliveryId && attempt === lost?.attempts);
    if (lost === undefined || repeated === undefined) throw new Error('nothing waits');
    const handovers = [{ from: 0, to: Number.MAX_SAFE_INTEGER, times: 1 }];
    const again = { ...repeated, offset: evidence.outcomes.length, next: 'deliveries.retry.2.v1' };
    const elsewhere = { ...lost, topic: 'deliveries.retry.2.v1', offset: 0 };
    const known = evidence.outcomes.map((one) => (one.record === positionOf(lost) ? { ...one, record: positionOf(elsewhere) } : one));
    const waits = { ...evidence, handovers, retries: [...retries, elsewhere], outcomes: [...known, again] };
    expect(broken(waits)).toEqual([]);
    expect(broken({ ...waits, handovers: [] })).toEqual(['I8']);
    expect(broken({ ...waits, outcomes: known })).toEqual(['I8']);
  });

  it('asks for no recorded death of a dead record whose attempt was made again and delivered', () => {
    const evidence = soundEvidence();
    const [dead] = evidence.dead;
    const handovers = [{ from: 0, to: Number.MAX_SAFE_INTEGER, times: 1 }];
    const status = 200;
    const succeeded = evidence.outcomes.map((outcome) =>
      outcome.deliveryId === dead?.deliveryId && outcome.terminal ? { ...outcome, outcome: 'delivered', code: null } : outcome,
    );
    const received = evidence.received.map((request) => (request.webhookId === dead?.deliveryId ? { ...request, status } : request));
    expect(broken({ ...evidence, handovers, received, outcomes: succeeded })).toEqual([]);
    expect(broken({ ...evidence, received, outcomes: succeeded })).toEqual(['I6']);
    const unrecorded = evidence.outcomes.filter(({ deliveryId, terminal }) => deliveryId !== dead?.deliveryId || terminal);
    expect(broken({ ...evidence, handovers, outcomes: unrecorded })).toContain('I6');
  });

  it('counts a handover before an attempt that no receiver saw', () => {
    const evidence = soundEvidence();
    const [dead] = evidence.dead;
    const last = evidence.outcomes.find(({ deliveryId, terminal }) => deliveryId === dead?.deliveryId && terminal);
    if (last === undefined) throw new Error('no outcome');
    const delivered = { ...last, outcome: 'delivered', code: null };
    const again = { ...last, offset: evidence.outcomes.length, startedAt: last.startedAt + 200_000 };
    const outcomes = [...evidence.outcomes.map((one) => (one === last ? delivered : one)), again];
    const received = evidence.received.map((one) =>
      one.webhookId === dead?.deliveryId && one.attempt === last.attempt ? { ...one, status: 200 } : one,
    );
    const handover = (at: number) => [{ from: at, to: at + 1, times: 1 }];
    expect(broken({ ...evidence, outcomes, received, handovers: handover(last.startedAt + 100_000) })).toEqual([]);
    expect(broken({ ...evidence, outcomes, received, handovers: handover(last.startedAt + 300_000) })).toContain('I6');
  });

  it('excuses a dead delivery that was refused its address', () => {
    const evidence = soundEvidence();
    const dead = evidence.dead.map((delivery) => ({ ...delivery, attempts: 1, code: 'ERR_ATTEMPT_ADDRESS_REFUSED' }));
    expect(broken({ ...evidence, dead })).toEqual([]);
  });

  it('does not take what is still on its way for lost while the run is in motion', () => {
    const evidence = soundEvidence();
    const moving = {
      ...evidence,
      atRest: false,
      lags: [],
      outcomes: evidence.outcomes.slice(0, -3),
      received: evidence.received.slice(0, -3),
      rejected: [],
    };
    expect(broken(moving)).toEqual([]);
  });
});
