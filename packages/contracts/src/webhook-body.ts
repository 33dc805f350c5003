import type { AnyEvent } from './events.ts';
import { webhookChange } from './webhook-change.ts';

/** Version of the body that new deliveries get. A version stays renderable for as long as a topic may hold deliveries of it. */
export const currentBodyVersion = 1;

/**
 * The JSON text that a webhook receives for an event: a pure function, so every attempt of a delivery sends the same bytes.
 * A type x.Y.ZEvent is sent as type x.Y with event.type ZEvent, other types whole.
 */
export function toWebhookBody(event: AnyEvent, version: number = currentBodyVersion): string {
  if (version !== 1) throw new RangeError(`webhook body version ${version} is unknown to this build`);
  const { type, eventName } = webhookType(event.type);
  return JSON.stringify({
    kind: 'notification',
    type,
    body: { sentTs: event.record.receivedAt, changes: [webhookChange(event, eventName)] },
  });
}

function webhookType(type: string): { readonly type: string; readonly eventName: string | undefined } {
  const parts = type.split('.');
  const last = parts.at(-1) ?? '';
  if (parts.length < 3 || !last.endsWith('Event')) return { type, eventName: undefined };
  return { type: parts.slice(0, -1).join('.'), eventName: last };
}
