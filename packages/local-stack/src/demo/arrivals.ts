import { headerOf, type ReceivedDelivery } from '../receiver/delivery.ts';
import type { SentEvent } from './send-samples.ts';

/** What became of the notification of one source. */
export type Arrival =
  | { readonly ok: true; readonly source: string; readonly type: string; readonly milliseconds: number }
  | { readonly ok: false; readonly source: string; readonly reason: string };

/**
 * One arrival per source, of the event that is last by the name of its type, whatever the order of arrival: delivered when the receiver has every one of them under its own
 * event id with a valid signature. The time is from the ingress to the receiver.
 */
export function arrivals(
  sources: readonly string[],
  events: readonly SentEvent[],
  deliveries: readonly ReceivedDelivery[],
): readonly Arrival[] {
  const byEvent = new Map(deliveries.map((delivery) => [headerOf(delivery, 'ce-id'), delivery]));
  return sources.map((source) => {
    const own = events.filter((event) => event.source === source);
    const last = own.toSorted((a, b) => (a.type < b.type ? -1 : 1)).at(-1);
    if (last === undefined) return { ok: false, source, reason: 'its notification became no event' };
    for (const event of own) {
      const delivery = byEvent.get(event.eventId);
      if (delivery === undefined) return { ok: false, source, reason: `${event.type} did not reach the receiver` };
      if (delivery.signature !== 'valid')
        return { ok: false, source, reason: `${event.type} came with a signature that is ${delivery.signature}` };
    }
    const receivedAt = byEvent.get(last.eventId)?.receivedAt ?? last.receivedAt;
    return { ok: true, source, type: last.type, milliseconds: receivedAt - last.receivedAt };
  });
}

export function describeArrival(arrival: Arrival): string {
  return arrival.ok
    ? `delivered ${arrival.source} ${arrival.type} ${arrival.milliseconds} ms`
    : `not delivered ${arrival.source}: ${arrival.reason}`;
}
