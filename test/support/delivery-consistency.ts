import { type DeliveryAttempt, headerNames, headerText, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import type { DeliveryRecords } from './delivery-journal.ts';

export interface ConsistencyOptions {
  /** How often the delivery service was killed meanwhile: each time an attempt and its records may have come twice. */
  readonly crashes?: number;
}

/**
 * What contradicts itself in the delivery topics once everything has ended; each line names the delivery. Reads nothing
 * but the topics: every pending delivery has one end, its attempts are numbered without a gap, every outcome names the
 * record it was made of and the one that follows, and a dead letter tells the same as its outcome.
 */
export function inconsistencies(records: DeliveryRecords, { crashes = 0 }: ConsistencyOptions = {}): readonly string[] {
  const pending = byDelivery(records.pending);
  const strays = [...records.retries, ...records.dead].filter((record) => !pending.has(keyOf(record)));
  return [
    ...strays.map((record) => `${keyOf(record)}: ${positionOf(record)} has no pending delivery`),
    ...records.outcomes
      .filter((one) => !pending.has(keyOfOutcome(one)))
      .map((one) => `${keyOfOutcome(one)}: outcome of no pending delivery`),
    ...[...pending].flatMap(([key, [first, ...more]]) => [
      ...(more.length > 0 ? [`${key}: pending ${more.length + 1} times`] : []),
      ...(first === undefined ? [] : deliveryProblems(key, first, records, crashes)),
    ]),
  ];
}

function deliveryProblems(key: string, pending: LogRecord, all: DeliveryRecords, crashes: number): readonly string[] {
  const carried = [...all.retries, ...all.dead].filter((record) => keyOf(record) === key);
  const outcomes = all.outcomes.filter((outcome) => keyOfOutcome(outcome) === key);
  const ends = outcomes.filter(({ terminal }) => terminal);
  const problems: string[] = [];
  const check = (holds: boolean, problem: string) => {
    if (!holds) problems.push(`${key}: ${problem}`);
  };

  check(ends.length >= 1, 'never ended');
  check(ends.length <= 1 + crashes, `ended ${ends.length} times`);
  check(crashes > 0 || outcomes.at(-1)?.terminal === true, 'something came after its end');
  for (const record of carried) {
    check(record.value?.equals(pending.value ?? Buffer.alloc(0)) === true, `${positionOf(record)} carries other bytes than its event`);
    check(record.key?.equals(pending.key ?? Buffer.alloc(0)) === true, `${positionOf(record)} has another key`);
    check(text(record, headerNames.origin) === positionOf(pending), `${positionOf(record)} names another origin`);
  }
  const places = new Map([pending, ...carried].map((record) => [positionOf(record), record]));
  for (const outcome of outcomes) {
    check(places.has(outcome.record), `${outcome.outcome} was made of ${outcome.record}, which is no record of it`);
    const follows = (topic: string, attempts: number) =>
      carried.some(
        (record) => record.topic === topic && text(record, headerNames.attempt) === String(attempts) && tellsOf(record, outcome),
      );
    if (outcome.outcome === 'failed')
      check(follows(outcome.next ?? '', outcome.attempt), `attempt ${outcome.attempt} has no record to go on`);
    if (outcome.outcome === 'deferred') {
      const before = text(places.get(outcome.record), headerNames.attempt);
      check(outcome.attempt === 0, 'a deferral counts as an attempt');
      check(follows(outcome.next ?? '', Number(before)), `deferral ${outcome.deferrals} has no record to go on`);
    }
    if (outcome.outcome === 'dead' && outcome.attempt > 0) check(follows(topics.dead.name, outcome.attempt), 'its end has no dead letter');
  }
  const dead = carried.filter(({ topic }) => topic === topics.dead.name).length;
  const died = ends.filter(({ outcome }) => outcome === 'dead').length;
  check(dead >= died && dead <= died + crashes, `${dead} dead letters for ${died} such ends`);
  const numbers = outcomes.map(({ attempt }) => attempt).filter((attempt) => attempt > 0);
  const distinct = [...new Set(numbers)].toSorted((one, other) => one - other);
  check(
    distinct.every((number, index) => number === index + 1),
    `attempts are numbered ${numbers.join(', ')}`,
  );
  check(numbers.length <= distinct.length + crashes, `attempts are numbered ${numbers.join(', ')}`);
  return problems;
}

function tellsOf(record: LogRecord, outcome: DeliveryAttempt): boolean {
  const status = text(record, headerNames.lastStatus);
  return (
    text(record, headerNames.lastCode) === outcome.code && (status ?? null) === (outcome.status === null ? null : String(outcome.status))
  );
}

function byDelivery(records: readonly LogRecord[]): ReadonlyMap<string, readonly LogRecord[]> {
  return Map.groupBy(records, keyOf);
}

function keyOf(record: LogRecord): string {
  return `${text(record, headerNames.deliveryId)}/${text(record, headerNames.run)}`;
}

function keyOfOutcome({ deliveryId, run }: DeliveryAttempt): string {
  return `${deliveryId}/${run}`;
}

function positionOf({ topic, partition, offset }: LogRecord): string {
  return `${topic}-${partition}-${offset}`;
}

function text(record: LogRecord | undefined, name: string): string | undefined {
  return record === undefined ? undefined : headerText(record.headers, name);
}
