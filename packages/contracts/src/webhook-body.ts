import type { AnyEvent } from './events.ts';
import { renderers1 } from './webhook-render.ts';

/** Version of the body that new deliveries get. A version stays renderable for as long as a topic may hold deliveries of it. */
export const currentBodyVersion = 1;

/**
 * The JSON text that a webhook receives for an event: a pure function, so every attempt of a delivery sends the same bytes.
 * Throws RangeError for a version that this build does not know.
 */
export function toWebhookBody(event: AnyEvent, version: number = currentBodyVersion): string {
  const render = version === 1 ? renderers1.get(event.type) : undefined;
  if (render === undefined) throw new RangeError(`webhook body version ${version} of ${event.type} is unknown to this build`);
  return render(event.record);
}
