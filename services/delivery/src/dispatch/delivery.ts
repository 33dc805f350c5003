import { type DeliveryState, deliveryHeaders, headerNames, headerText } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';

/** A delivery as it stands in a record of the pending topic or of a retry topic. */
export interface Delivery {
  readonly record: LogRecord;
  readonly key: Buffer;
  /** The event's bytes, unchanged since the normalizer wrote them. */
  readonly value: Buffer;
  readonly state: DeliveryState;
  readonly eventId: string;
  /** As its headers name it; a newer build's type, unknown to this one, may stand here. Empty where they name none. */
  readonly eventType: string;
  /** Number of the attempt that comes next, from 1. */
  readonly attempt: number;
  /** Offset of its record in the pending topic: its place among the deliveries of its key. */
  readonly sequence: bigint;
}

/** The delivery of a record, or undefined where it has no delivery state: what stands in these topics and has none is not ours. */
export function readDelivery(record: LogRecord): Delivery | undefined {
  const state = deliveryHeaders.read(record.headers);
  const eventId = headerText(record.headers, headerNames.eventId) ?? '';
  const eventType = headerText(record.headers, headerNames.eventType) ?? '';
  const { key, value } = record;
  if (state === undefined || key === null || value === null) return undefined;
  return { record, key, value, state, eventId, eventType, attempt: state.attempts + 1, sequence: sequenceOf(record) };
}

/** A record outside the pending topic names the pending one that it comes from. */
function sequenceOf({ headers, offset }: LogRecord): bigint {
  const origin = headerText(headers, headerNames.origin) ?? '';
  const digits = /-(\d{1,19})$/.exec(origin)?.[1];
  return digits === undefined ? offset : BigInt(digits);
}

/** Where a record stands, as outcomes and dead letters name it. */
export function positionText({ topic, partition, offset }: LogRecord): string {
  return `${topic}-${partition}-${offset}`;
}

/** Names a delivery in one run: what in-process caches and outcomes are keyed by. */
export function runKey({ deliveryId, run }: DeliveryState): string {
  return `${deliveryId}/${run}`;
}

/** The line that a delivery of an ordered webhook stands in: its key, in one run. */
export function lineOf({ key, state }: Pick<Delivery, 'key' | 'state'>): string {
  return `${key.toString('base64')}/${state.run}`;
}
