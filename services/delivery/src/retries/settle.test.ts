import { createOfflineCodec, deliveryHeaders, eventHeaders, headerNames, topics } from '@switchboard/contracts';
import type { AppendOutcome, OutRecord } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { type Delivery, readDelivery } from '../dispatch/delivery.ts';
import { contentEvent } from '../testing/delivery-harness.ts';
import type { Step } from './next-step.ts';
import { createRetryRoute } from './retry-route.ts';
import { createSettler } from './settle.ts';
import { outcomeRecord } from './settlement.ts';

const codec = createOfflineCodec();
const route = createRetryRoute([10, 20, 30, 40, 50]);
const facts = { startedAt: 1, durationMs: 2, now: 3, installVersion: 4, endpoint: 'https://e.example/in', responseExcerpt: 'busy' };
const written: AppendOutcome = { ok: true, position: { topic: '', partition: 0, offset: 0n } };
const retry: Step = { kind: 'retry', topic: 2, code: 'ERR_ATTEMPT_TIMEOUT', status: null };
const delivered: Step = { kind: 'delivered', status: 200, code: null };
const deferred: Step = { kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_LANE_FULL' };
const skipped: Step = { kind: 'skipped', code: 'ERR_SKIPPED_INSTALL_REMOVED' };
const dead: Step = { kind: 'dead', code: 'ERR_ATTEMPT_TIMEOUT', status: null, attempted: true };

function delivery(without: readonly string[] = []): Delivery {
  const state = { deliveryId: 'd', installId: 'a', installVersion: 1, attempts: 1, deferrals: 3, run: '0', firstAt: 0, bodyVersion: 1 };
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const headers = deliveryHeaders.write(eventHeaders(contentEvent(), codec, trace), state).filter(([name]) => !without.includes(name));
  const read = readDelivery({
    topic: topics.pending.name,
    partition: 5,
    offset: 42n,
    timestamp: 0,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers,
  });
  if (read === undefined) throw new Error('the record is a delivery');
  return read;
}

describe('settling', () => {
  it.each([
    { step: retry, expected: [topics.outcomes.name, topics.retry2.name] },
    { step: delivered, expected: [topics.replies.name, topics.outcomes.name] },
    { step: dead, expected: [topics.dead.name, topics.outcomes.name] },
  ])('appends what makes up $step.kind, each acknowledged before the next', async ({ step, expected }) => {
    const appended: string[] = [];
    let acknowledged = 0;
    const append = async (record: OutRecord) => {
      expect(appended).toHaveLength(acknowledged);
      appended.push(record.topic);
      await new Promise((resolve) => setImmediate(resolve));
      acknowledged++;
      return written;
    };
    const reply = { topic: topics.replies.name, key: Buffer.from('n'), value: null };
    const besides = step === delivered ? [reply] : [];
    expect(await createSettler({ appender: { append }, codec, route }).settle(delivery(), step, facts, besides)).toBe(true);
    expect(appended).toEqual(expected);
  });

  it('passes the event on unchanged, with the state, the failure and where the delivery began', async () => {
    const records: OutRecord[] = [];
    const append = async (record: OutRecord) => {
      records.push(record);
      return written;
    };
    const settler = createSettler({ appender: { append }, codec, route });
    await settler.settle(delivery(), retry, facts);
    const [outcome, carried] = records;
    expect(carried).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('v'), timestamp: 3 });
    expect(deliveryHeaders.read(carried?.headers ?? [])).toMatchObject({ attempts: 2, deferrals: 3, deliveryId: 'd' });
    const texts = Object.fromEntries((carried?.headers ?? []).map(([name, value]) => [name, value.toString()]));
    expect(texts).toMatchObject({
      sb_last_code: 'ERR_ATTEMPT_TIMEOUT',
      sb_failed_at: '3',
      sb_origin: `${topics.pending.name}-5-42`,
      ce_specversion: '1.0',
    });
    expect(codec.decode('switchboard.deliveries.v1.DeliveryAttempt', outcome?.value as Buffer)).toMatchObject({
      deliveryId: 'd',
      attempt: 2,
      deferrals: 3,
      outcome: 'failed',
      terminal: false,
      code: 'ERR_ATTEMPT_TIMEOUT',
      next: topics.retry2.name,
      nextStep: 'wait',
      nextAt: 23,
      record: `${topics.pending.name}-5-42`,
      installVersion: 4,
      endpoint: 'https://e.example/in',
      responseExcerpt: 'busy',
    });
  });

  it('says in the outcome whose event it is, and null for what an earlier version did not write', async () => {
    const outcomeOf = (without: readonly string[]) => {
      const { value } = outcomeRecord(delivery(without), retry, facts, { codec, route });
      return codec.decode('switchboard.deliveries.v1.DeliveryAttempt', value as Buffer);
    };
    const known = {
      subject: 'conversation-1',
      tenantId: 'tenant-1',
      app: 'contoso-bot',
      source: 'bot-framework',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      notificationId: expect.stringMatching(/^notification-/),
    };
    expect(outcomeOf([])).toMatchObject(known);
    expect(outcomeOf([headerNames.tenantId])).toMatchObject({ ...known, tenantId: null });
    expect(outcomeOf([headerNames.traceparent, headerNames.eventSource])).toMatchObject({
      ...known,
      traceId: null,
      app: null,
      source: null,
    });
  });

  it.each([
    { step: retry, expected: { nextStep: 'wait', next: topics.retry2.name, nextAt: 23 } },
    { step: deferred, expected: { nextStep: 'wait', next: topics.retry1.name, nextAt: 13 } },
    { step: dead, expected: { nextStep: 'dead-letter', next: null, nextAt: null } },
    { step: delivered, expected: { nextStep: 'end', next: null, nextAt: null } },
    { step: skipped, expected: { nextStep: 'end', next: null, nextAt: null } },
  ])('says in the outcome what is next after $step.kind', ({ step, expected }) => {
    const { value } = outcomeRecord(delivery(), step, facts, { codec, route });
    expect(codec.decode('switchboard.deliveries.v1.DeliveryAttempt', value as Buffer)).toMatchObject(expected);
  });

  it('leaves the attempts as they are and counts a deferral', async () => {
    const records: OutRecord[] = [];
    const append = async (record: OutRecord) => {
      records.push(record);
      return written;
    };
    await createSettler({ appender: { append }, codec, route }).settle(delivery(), deferred, facts);
    expect(deliveryHeaders.read(records[1]?.headers ?? [])).toMatchObject({ attempts: 1, deferrals: 4, firstAt: 0 });
    expect(codec.decode('switchboard.deliveries.v1.DeliveryAttempt', records[0]?.value as Buffer)).toMatchObject({
      attempt: 0,
      deferrals: 4,
      outcome: 'deferred',
    });
  });

  it('tries a failed append again and never goes on without it', async () => {
    const topicsTried: string[] = [];
    const failures: string[] = [];
    const append = async (record: OutRecord): Promise<AppendOutcome> => {
      topicsTried.push(record.topic);
      return topicsTried.length < 3 ? { ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' } : written;
    };
    const settler = createSettler({
      appender: { append },
      codec,
      route,
      onFailedAppend: (topic, code) => failures.push(`${topic} ${code}`),
    });
    expect(await settler.settle(delivery(), retry, facts)).toBe(true);
    expect(topicsTried).toEqual([topics.outcomes.name, topics.outcomes.name, topics.outcomes.name, topics.retry2.name]);
    expect(failures).toEqual(Array(2).fill(`${topics.outcomes.name} ERR_LOG_OUTCOME_UNKNOWN`));
  });

  it('gives up when the service stops: the record stays uncommitted', async () => {
    const settler = createSettler({ appender: { append: async () => ({ ok: false, code: 'ERR_LOG_UNAVAILABLE' }) }, codec, route });
    const settled = settler.settle(delivery(), retry, facts);
    settler.stop();
    expect(await settled).toBe(false);
  });

  it('gives up between two tries when the service stops', async () => {
    let tries = 0;
    const append = async (): Promise<AppendOutcome> => {
      tries += 1;
      return { ok: false, code: 'ERR_LOG_UNAVAILABLE' };
    };
    const settler = createSettler({ appender: { append }, codec, route });
    const settled = settler.settle(delivery(), retry, facts);
    await new Promise(setImmediate);
    settler.stop();
    expect(await settled).toBe(false);
    expect(tries).toBe(1);
  });

  it('gives up on an append that is not answered when the service stops', async () => {
    const settler = createSettler({ appender: { append: () => new Promise(() => {}) }, codec, route });
    const settled = settler.settle(delivery(), retry, facts);
    settler.stop();
    expect(await settled).toBe(false);
  });
});
