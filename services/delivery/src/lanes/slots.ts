import type { Lane } from './lane.ts';

/** What slots need to know of a lane. */
export type SlotUser = Pick<Lane<never>, 'pace' | 'inFlight'>;

/**
 * Slots that lanes share. Half of them are for any lane. The next quarter is for first attempts besides: those of lanes that
 * have nothing in flight and are not known to be slow, so that an endpoint can show how fast it is while others hang. The
 * rest is for lanes that answered fast a moment ago: however many endpoints begin to hang at once, these go on.
 */
export interface Slots {
  admits(lane: SlotUser, now: number): boolean;
  /** The lane has one more in flight. */
  started(lane: SlotUser, now: number): void;
  /** The lane has one less in flight. */
  ended(lane: SlotUser): void;
}

const ANY_SHARE = 0.5;
const FIRST_SHARE = 0.75;

export function createSlots(max: number): Slots {
  const forAny = Math.ceil(max * ANY_SHARE);
  const forFirst = Math.ceil(max * FIRST_SHARE);
  const users = new Set<SlotUser>();
  let inFlight = 0;
  /** Attempts of lanes that are not quick, as counted at a time. */
  let counted: { readonly at: number; count: number } | undefined;

  const notQuick = (now: number) => {
    if (counted?.at !== now) {
      counted = { at: now, count: 0 };
      for (const user of users) if (user.pace(now) !== 'quick') counted.count += user.inFlight;
    }
    return counted.count;
  };

  return {
    admits: (lane, now) => {
      if (inFlight >= max) return false;
      // Counting is only worth its time once the share could be used up.
      if (inFlight < forAny) return true;
      const pace = lane.pace(now);
      if (pace === 'quick') return true;
      return notQuick(now) < (pace === 'unproven' && lane.inFlight === 0 ? forFirst : forAny);
    },
    started: (lane, now) => {
      inFlight++;
      users.add(lane);
      if (counted?.at === now && lane.pace(now) !== 'quick') counted.count++;
    },
    ended: (lane) => {
      inFlight--;
      if (lane.inFlight === 0) users.delete(lane);
      counted = undefined;
    },
  };
}
