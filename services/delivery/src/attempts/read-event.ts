import { type AnyEvent, asEvent, type Codec, CodecError, isEventType } from '@switchboard/contracts';
import type { Delivery } from '../dispatch/delivery.ts';

export type EventOutcome =
  | { readonly kind: 'event'; readonly event: AnyEvent }
  /** Cannot be read now or by this build. */
  | { readonly kind: 'not-now'; readonly cause: unknown }
  /** Is no event of its type, and never will be. */
  | { readonly kind: 'unreadable'; readonly cause: unknown };

/** Decodes the event of a delivery, fetching the writer's schema where it is new. */
export async function readEvent({ value, eventType }: Pick<Delivery, 'value' | 'eventType'>, codec: Codec): Promise<EventOutcome> {
  if (!isEventType(eventType)) return { kind: 'not-now', cause: new TypeError(`the event type ${eventType} is unknown to this build`) };
  try {
    await codec.ensure(value);
    const event = asEvent(eventType, codec.decodeAny(value));
    return event === undefined ? { kind: 'unreadable', cause: new TypeError(`the record is no ${eventType}`) } : { kind: 'event', event };
  } catch (cause) {
    const lasting = cause instanceof CodecError && (cause.code === 'ERR_CODEC_FRAMING' || cause.code === 'ERR_CODEC_INVALID');
    return { kind: lasting ? 'unreadable' : 'not-now', cause };
  }
}
