import { type DeliveryState, headerNames } from '@switchboard/contracts';
import type { Delivery } from '../dispatch/delivery.ts';
import type { DeferralCode } from '../lanes/job.ts';

const PAUSED: DeferralCode = 'ERR_DEFERRED_PAUSED';

/** How long the delivery was on hold so far, milliseconds: since its record was written too, where that was for a pause. */
function heldMs({ record, state, texts }: Pick<Delivery, 'record' | 'state' | 'texts'>, now: number): number {
  const onHold = texts.get(headerNames.lastCode) === PAUSED;
  return (state.heldMs ?? 0) + (onHold ? Math.max(0, Math.round(now - record.timestamp)) : 0);
}

/** The state of the delivery with its time on hold until now. */
export function withHeldTime(delivery: Pick<Delivery, 'record' | 'state' | 'texts'>, now: number): DeliveryState {
  const held = heldMs(delivery, now);
  return held === 0 ? delivery.state : { ...delivery.state, heldMs: held };
}

/** Milliseconds since the delivery was first pending, without its time on hold, which is the operator's doing. */
export function ageMs(delivery: Pick<Delivery, 'record' | 'state' | 'texts'>, now: number): number {
  return now - delivery.state.firstAt - heldMs(delivery, now);
}
