const CAPACITY = 1000;

/** Keys that an issuer was asked for and did not have, so that one sender with a wrong key causes no fetch after fetch. Bounded. */
export function createAbsentKids(lifetimeMs: number) {
  const untilByKid = new Map<string, number>();
  return {
    has(kid: string, now: number): boolean {
      const until = untilByKid.get(kid);
      if (until === undefined) return false;
      if (now < until) return true;
      untilByKid.delete(kid);
      return false;
    },
    /** The first sighting counts: being asked for again prolongs nothing. */
    add(kid: string, now: number): void {
      if (untilByKid.has(kid)) return;
      untilByKid.set(kid, now + lifetimeMs);
      if (untilByKid.size > CAPACITY) untilByKid.delete(untilByKid.keys().next().value as string);
    },
  };
}
