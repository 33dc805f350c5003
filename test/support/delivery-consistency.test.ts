import { type DeliveryAttempt, deliveryHeaders, headerNames, textHeader } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { inconsistencies } from './delivery-consistency.ts';
import type { DeliveryRecords } from './delivery-journal.ts';

const EVENT = Buffer.from('event');
const ORIGIN = 'deliveries.pending.v1-3-7';

function record(topic: string, attempts: number, change: Partial<LogRecord> = {}): LogRecord {
  const state = { deliveryId: 'd', installId: 'i', installVersion: 1, attempts, deferrals: 0, run: '0', firstAt: 1, bodyVersion: 1 };
  const headers = [textHeader(headerNames.origin, ORIGIN)];
  const failure = { code: 'ERR_ATTEMPT_STATUS', status: 500, failedAt: 2 };
  const base = { topic, partition: 3, offset: 7n, timestamp: 1, key: Buffer.from('k'), value: EVENT };
  return { ...base, headers: deliveryHeaders.write(headers, state, attempts > 0 ? failure : undefined), ...change };
}

function outcome(kind: 'failed' | 'dead', attempt: number, of: string): DeliveryAttempt {
  return {
    deliveryId: 'd',
    run: '0',
    eventId: 'e',
    eventType: 'x.Y.ZEvent',
    installId: 'i',
    installVersion: 1,
    attempt,
    deferrals: 0,
    outcome: kind,
    terminal: kind === 'dead',
    code: 'ERR_ATTEMPT_STATUS',
    status: 500,
    startedAt: 1,
    durationMs: 1,
    next: kind === 'failed' ? 'deliveries.retry.1.v1' : null,
    nextStep: kind === 'failed' ? 'wait' : 'dead-letter',
    nextAt: kind === 'failed' ? 5_001 : null,
    endpoint: 'https://e.example/in',
    subject: 'conversation-1',
    tenantId: null,
    app: 'contoso-bot',
    source: 'bot-framework',
    traceId: null,
    notificationId: 'n',
    responseExcerpt: null,
    record: of,
  };
}

const RETRY = 'deliveries.retry.1.v1-3-7';
const sound: DeliveryRecords = {
  pending: [record('deliveries.pending.v1', 0)],
  retries: [record('deliveries.retry.1.v1', 1)],
  dead: [record('deliveries.dead.v1', 2)],
  outcomes: [outcome('failed', 1, ORIGIN), outcome('dead', 2, RETRY)],
};

function problemsOf(change: Partial<DeliveryRecords>, crashes = 0): string {
  return inconsistencies({ ...sound, ...change }, { crashes }).join('\n');
}

describe('the consistency of the delivery topics', () => {
  it('finds nothing in a delivery that failed twice and died', () => expect(problemsOf({})).toBe(''));

  it.each<[string, Partial<DeliveryRecords>, RegExp]>([
    ['a delivery without an end', { outcomes: sound.outcomes.slice(0, 1), dead: [] }, /never ended/],
    ['two ends', { outcomes: [...sound.outcomes, outcome('dead', 2, RETRY)] }, /ended 2 times/],
    ['a failure after the end', { outcomes: sound.outcomes.toReversed() }, /came after its end/],
    ['a lost dead letter', { dead: [] }, /no dead letter.*\n.*0 dead letters for 1/],
    ['a second dead letter', { dead: [...sound.dead, ...sound.dead] }, /2 dead letters for 1/],
    ['a gap in the attempts', { outcomes: [outcome('dead', 2, RETRY)] }, /attempts are numbered 2/],
    ['an attempt made twice', { outcomes: [outcome('failed', 1, ORIGIN), ...sound.outcomes] }, /attempts are numbered 1, 1, 2/],
    ['a retry that nothing led to', { outcomes: sound.outcomes, retries: [] }, /no record to go on/],
    ['changed bytes', { retries: [record('deliveries.retry.1.v1', 1, { value: Buffer.from('other') })] }, /other bytes/],
    ['another key', { dead: [record('deliveries.dead.v1', 2, { key: Buffer.from('o') })] }, /another key/],
    ['another reason in the dead letter than in the outcome', { dead: [record('deliveries.dead.v1', 1)] }, /no dead letter/],
    ['a delivery that fan-out wrote twice', { pending: [...sound.pending, ...sound.pending] }, /pending 2 times/],
    ['a retry of nothing', { pending: [] }, /has no pending delivery/],
  ])('finds %s', (_case, change, problem) => expect(problemsOf(change)).toMatch(problem));

  it('takes one repetition for each crash', () => {
    const repeated = { outcomes: [outcome('failed', 1, ORIGIN), ...sound.outcomes] };
    expect(problemsOf(repeated, 1)).toBe('');
    expect(problemsOf({ outcomes: [outcome('failed', 1, ORIGIN), ...repeated.outcomes] }, 1)).toMatch(/numbered 1, 1, 1, 2/);
  });
});
