import type { JobKind } from './lane.ts';
import { createSlots, type SlotClass, type Slots, type SlotUser, slotClasses, slotClassOf } from './slots.ts';
import { createTurns, type Turn, type Turns } from './turns.ts';

/** A lane that wants slots. */
export interface Contender {
  readonly lane: SlotUser;
  /** Where the endpoint is: lanes of one origin share a bound. */
  readonly origin: string;
}

/** A job of that kind starts in the lane, in the turn of the flow. */
export interface Start<C> {
  readonly contender: C;
  readonly kind: JobKind;
  readonly flow: string;
}

/**
 * Decides which lane starts next: first attempts before retries, flows in turn, the lanes of a flow in turn, as far as the slots of the
 * process and of the origin admit it. No operation takes longer for there being more lanes.
 */
export interface Scheduler<C extends Contender> {
  /** The lane has a job of that kind that may start, and waits for a turn in that flow. It keeps a place that it has. */
  wait(contender: C, kind: JobKind, flow: string, now: number): void;
  /** The lane waits for no turn for jobs of that kind. */
  withdraw(contender: C, kind: JobKind, now: number): void;
  /** What starts next; undefined while nothing may. The caller starts it and tells so before it asks again, or withdraws it. */
  next(now: number): Start<C> | undefined;
  /** The lane has one more in flight. It waits no more until it is told to. */
  started(start: Start<C>, now: number): void;
  /** The lane has one less in flight. */
  ended(contender: C, now: number): void;
  readonly inFlight: number;
}

type LaneTurns<C> = Readonly<Record<JobKind, Turns<C, SlotClass>>>;

interface Origin<C> {
  readonly slots: Slots;
  /** Lanes whose turn came while the origin had no slot for them: out of the way of the others, however many they are. */
  blocked: LaneTurns<C> | undefined;
}

const kinds: readonly JobKind[] = ['first', 'retry'];
/** Share of all slots that the lanes of one origin may hold together. */
const ORIGIN_SHARE = 0.5;

function turnsOfKinds<C>(): LaneTurns<C> {
  return { first: createTurns(slotClasses), retry: createTurns(slotClasses) };
}

export function createScheduler<C extends Contender>(maxInFlight: number): Scheduler<C> {
  const slots = createSlots(maxInFlight);
  const waiting = turnsOfKinds<C>();
  /** Those that have attempts in flight or blocked lanes. The others admit every lane. */
  const origins = new Map<string, Origin<C>>();
  const forOrigin = Math.max(1, Math.floor(maxInFlight * ORIGIN_SHARE));
  let classes = slotClasses;

  function move(contender: C, { from, to }: Record<'from' | 'to', Turns<C, SlotClass>>, slotClass: SlotClass): void {
    for (const flow of from.remove(contender)) to.put(contender, flow, slotClass);
  }

  /**
   * Blocked lanes at an origin that has a slot for them wait with all others again: one of each class, for the process may have no
   * slot for another class. Called after each change of the origin's slots, and when a lane that was readmitted does not start.
   */
  function readmit(origin: Origin<C>, now: number): void {
    if (origin.blocked === undefined) return;
    // In turn, for where the origin has one slot the first of them gets it.
    classes = [...classes.slice(1), ...classes.slice(0, 1)];
    for (const kind of kinds) {
      const blocked = origin.blocked[kind];
      for (const slotClass of classes) {
        const turn = origin.slots.admits(slotClass, now) ? blocked.next((each) => each === slotClass) : undefined;
        if (turn === undefined) continue;
        blocked.served(turn.flow);
        move(turn.item, { from: blocked, to: waiting[kind] }, slotClassOf(turn.item.lane, now));
      }
    }
    if (kinds.every((kind) => origin.blocked?.[kind].size === 0)) origin.blocked = undefined;
  }

  function forgetIdle(name: string, origin: Origin<C>): void {
    if (origin.slots.inFlight === 0 && origin.blocked === undefined) origins.delete(name);
  }

  /** False where the lane is in another class than when it was placed, or is blocked now. */
  function mayStart(kind: JobKind, { item, flow, group }: Turn<C, SlotClass>, now: number): boolean {
    const slotClass = slotClassOf(item.lane, now);
    if (slotClass !== group) {
      waiting[kind].put(item, flow, slotClass);
      return false;
    }
    const origin = origins.get(item.origin);
    if (origin === undefined || origin.slots.admits(slotClass, now)) return true;
    origin.blocked ??= turnsOfKinds<C>();
    move(item, { from: waiting[kind], to: origin.blocked[kind] }, slotClass);
    return false;
  }

  return {
    wait: (contender, kind, flow, now) => {
      const origin = origins.get(contender.origin);
      const slotClass = slotClassOf(contender.lane, now);
      const isBlocked = origin?.blocked?.[kind].has(contender) === true;
      (isBlocked ? origin.blocked : waiting)?.[kind].put(contender, flow, slotClass);
      if (isBlocked) readmit(origin, now);
    },
    withdraw: (contender, kind, now) => {
      const origin = origins.get(contender.origin);
      const left = waiting[kind].remove(contender).length + (origin?.blocked?.[kind].remove(contender).length ?? 0);
      if (left === 0 || origin === undefined) return;
      readmit(origin, now);
      forgetIdle(contender.origin, origin);
    },
    next: (now) => {
      for (const kind of kinds) {
        for (;;) {
          const turn = waiting[kind].next((slotClass) => slots.admits(slotClass, now));
          if (turn === undefined) break;
          if (mayStart(kind, turn, now)) return { contender: turn.item, kind, flow: turn.flow };
        }
      }
      return undefined;
    },
    started: ({ contender, kind, flow }, now) => {
      waiting[kind].served(flow);
      waiting[kind].remove(contender);
      const origin = origins.get(contender.origin) ?? { slots: createSlots(forOrigin), blocked: undefined };
      origins.set(contender.origin, origin);
      for (const shared of [slots, origin.slots]) shared.started(contender.lane, now);
      readmit(origin, now);
    },
    ended: (contender, now) => {
      const origin = origins.get(contender.origin);
      slots.ended(contender.lane, now);
      if (origin === undefined) return;
      origin.slots.ended(contender.lane, now);
      readmit(origin, now);
      forgetIdle(contender.origin, origin);
    },
    get inFlight() {
      return slots.inFlight;
    },
  };
}
