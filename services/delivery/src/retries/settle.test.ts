import { createOfflineCodec, deliveryHeaders, eventHeaders, topics } from '@switchboard/contracts';
import type { AppendOutcome, OutRecord } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { type Delivery, readDelivery } from '../dispatch/delivery.ts';
import { contentEvent } from '../testing/delivery-harness.ts';
import type { Step } from './next-step.ts';
import { createSettler } from './settle.ts';

const codec = createOfflineCodec();
const timing = { startedAt: 1, durationMs: 2, now: 3, installVersion: 4 };
const written: AppendOutcome = { ok: true, position: { topic: '', partition: 0, offset: 0n } };
const retry: Step = { kind: 'retry', topic: 2, code: 'ERR_ATTEMPT_TIMEOUT', status: null };
const delivered: Step = { kind: 'delivered', status: 200, code: null };
const dead: Step = { kind: 'dead', code: 'ERR_ATTEMPT_TIMEOUT', status: null, attempted: true };

function delivery(): Delivery {
  const state = { deliveryId: 'd', installId: 'a', installVersion: 1, attempts: 1, deferrals: 3, run: '0', firstAt: 0, bodyVersion: 1 };
  const headers = deliveryHeaders.write(eventHeaders(contentEvent(), codec), state);
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
    expect(await createSettler({ appender: { append }, codec }).settle(delivery(), step, timing, besides)).toBe(true);
    expect(appended).toEqual(expected);
  });

  it('passes the event on unchanged, with the state, the failure and where the delivery began', async () => {
    const records: OutRecord[] = [];
    const append = async (record: OutRecord) => {
      records.push(record);
      return written;
    };
    const settler = createSettler({ appender: { append }, codec });
    await settler.settle(delivery(), retry, timing);
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
      record: `${topics.pending.name}-5-42`,
      installVersion: 4,
    });
  });

  it('leaves the attempts as they are and counts a deferral', async () => {
    const records: OutRecord[] = [];
    const append = async (record: OutRecord) => {
      records.push(record);
      return written;
    };
    await createSettler({ appender: { append }, codec }).settle(
      delivery(),
      { kind: 'deferred', topic: 1, code: 'ERR_DEFERRED_LANE_FULL' },
      timing,
    );
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
    const settler = createSettler({ appender: { append }, codec, onFailedAppend: (topic, code) => failures.push(`${topic} ${code}`) });
    expect(await settler.settle(delivery(), retry, timing)).toBe(true);
    expect(topicsTried).toEqual([topics.outcomes.name, topics.outcomes.name, topics.outcomes.name, topics.retry2.name]);
    expect(failures).toEqual(Array(2).fill(`${topics.outcomes.name} ERR_LOG_OUTCOME_UNKNOWN`));
  });

  it('gives up when the service stops: the record stays uncommitted', async () => {
    const settler = createSettler({ appender: { append: async () => ({ ok: false, code: 'ERR_LOG_UNAVAILABLE' }) }, codec });
    const settled = settler.settle(delivery(), retry, timing);
    settler.stop();
    expect(await settled).toBe(false);
  });

  it('gives up between two tries when the service stops', async () => {
    let tries = 0;
    const append = async (): Promise<AppendOutcome> => {
      tries += 1;
      return { ok: false, code: 'ERR_LOG_UNAVAILABLE' };
    };
    const settler = createSettler({ appender: { append }, codec });
    const settled = settler.settle(delivery(), retry, timing);
    await new Promise(setImmediate);
    settler.stop();
    expect(await settled).toBe(false);
    expect(tries).toBe(1);
  });

  it('gives up on an append that is not answered when the service stops', async () => {
    const settler = createSettler({ appender: { append: () => new Promise(() => {}) }, codec });
    const settled = settler.settle(delivery(), retry, timing);
    settler.stop();
    expect(await settled).toBe(false);
  });
});
