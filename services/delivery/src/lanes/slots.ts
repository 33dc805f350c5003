import type { Lane } from './lane.ts';

/** What slots need to know of a lane. */
export type SlotUser = Pick<Lane<never>, 'pace' | 'inFlight'>;

/** What decides which slots a lane may have: it responded fast a moment ago, it has to show how fast it is, or neither. */
export type SlotClass = 'quick' | 'first' | 'other';

export const slotClasses: readonly SlotClass[] = ['quick', 'first', 'other'];

export function slotClassOf(lane: SlotUser, now: number): SlotClass {
  const pace = lane.pace(now);
  if (pace === 'quick') return 'quick';
  return pace === 'unproven' && lane.inFlight === 0 ? 'first' : 'other';
}

/**
 * Slots that lanes share. Half of them are for any lane. The next quarter is for first attempts besides: those of lanes that
 * have nothing in flight and are not known to be slow, so that an endpoint can show how fast it is while others hang. The
 * rest is for lanes that answered fast a moment ago: however many endpoints begin to hang at once, these go on.
 */
export interface Slots {
  admits(slotClass: SlotClass, now: number): boolean;
  /** The lane has one more in flight. */
  started(lane: SlotUser, now: number): void;
  /** The lane has one less in flight. */
  ended(lane: SlotUser, now: number): void;
  readonly inFlight: number;
}

const ANY_SHARE = 0.5;
const FIRST_SHARE = 0.75;
/** Lanes become slow by time alone: how late that may be noticed. */
const RECOUNT_MS = 5;

export function createSlots(max: number): Slots {
  const forAny = Math.ceil(max * ANY_SHARE);
  const forFirst = Math.ceil(max * FIRST_SHARE);
  /** Lanes with something in flight, and how many attempts of each count as not quick. */
  const users = new Map<SlotUser, number>();
  let inFlight = 0;
  let notQuick = 0;
  let countedAt = Number.NEGATIVE_INFINITY;

  function count(lane: SlotUser, now: number): void {
    const counted = lane.pace(now) === 'quick' ? 0 : lane.inFlight;
    notQuick += counted - (users.get(lane) ?? 0);
    if (lane.inFlight === 0) users.delete(lane);
    else users.set(lane, counted);
  }

  function countNotQuick(now: number): number {
    if (now - countedAt >= RECOUNT_MS) {
      countedAt = now;
      for (const lane of users.keys()) count(lane, now);
    }
    return notQuick;
  }

  return {
    admits: (slotClass, now) => {
      if (inFlight >= max) return false;
      // Counting is only worth its time once the share could be used up.
      if (inFlight < forAny || slotClass === 'quick') return true;
      return countNotQuick(now) < (slotClass === 'first' ? forFirst : forAny);
    },
    started: (lane, now) => {
      inFlight++;
      count(lane, now);
    },
    ended: (lane, now) => {
      inFlight--;
      count(lane, now);
    },
    get inFlight() {
      return inFlight;
    },
  };
}
