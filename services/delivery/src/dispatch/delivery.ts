import { type DeliveryState, deliveryHeaders, headerNames, headerTexts } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';

/** A delivery as a record of the pending topic or of a retry topic holds it. */
export interface Delivery {
  readonly record: LogRecord;
  readonly key: Buffer;
  /** The event's bytes, unchanged since the normalizer wrote them. */
  readonly value: Buffer;
  /** Headers of the record as text, by name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly state: DeliveryState;
  readonly eventId: string;
  /** As its headers name it: possibly a type of a newer build, unknown to this one. Empty where they name none. */
  readonly eventType: string;
  /** Number of the attempt that comes next, from 1. */
  readonly attempt: number;
  /** Offset of its record in the pending topic: its place among the deliveries of its key. */
  readonly sequence: bigint;
}

/** The delivery of a record, or undefined where it has no delivery state: such a record is not ours. */
export function readDelivery(record: LogRecord): Delivery | undefined {
  const texts = headerTexts(record.headers);
  const state = deliveryHeaders.readTexts(texts);
  const { key, value } = record;
  if (state === undefined || key === null || value === null) return undefined;
  return {
    record,
    key,
    value,
    texts,
    state,
    eventId: texts.get(headerNames.eventId) ?? '',
    eventType: texts.get(headerNames.eventType) ?? '',
    attempt: state.attempts + 1,
    sequence: sequenceOf(texts.get(headerNames.origin), record),
  };
}

/** A record outside the pending topic names the pending one that it comes from. */
function sequenceOf(origin: string | undefined, { offset }: LogRecord): bigint {
  const digits = origin === undefined ? undefined : /-(\d{1,19})$/.exec(origin)?.[1];
  return digits === undefined ? offset : BigInt(digits);
}

/** Position of a record, as outcomes and dead letters name it. */
export function positionText({ topic, partition, offset }: LogRecord): string {
  return `${topic}-${partition}-${offset}`;
}

/** Names a delivery in one run: what in-process caches and outcomes are keyed by. */
export function runKey({ deliveryId, run }: DeliveryState): string {
  return `${deliveryId}/${run}`;
}

const COLON = 0x3a;

/**
 * The flow of a delivery, within which deliveries wait for each other before those of other flows do: the conversation or call of its
 * event. One event is multiplied by its installs, and one conversation by its events, so that is what must not delay the others: an event
 * for each turn would give a busy conversation as many turns as it has events; a partition mixes conversations by chance, and the
 * deliveries of one event are in all of them; a tenant's own conversations would wait for its largest one.
 */
export function flowOf({ key }: Pick<Delivery, 'key'>): string {
  // After the install id, which holds no colon.
  return key.toString('latin1', key.indexOf(COLON) + 1);
}

/** The line that a delivery of an ordered webhook waits in: its key, in one run. */
export function lineOf({ key, state }: Pick<Delivery, 'key' | 'state'>): string {
  return `${key.toString('base64')}/${state.run}`;
}
