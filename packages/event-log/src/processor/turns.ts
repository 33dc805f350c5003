import type { Clock } from '../clock.ts';

/** Lets so many at a time go on, and the others in the order in which they asked. */
export interface Turns {
  /** Resolves with what ends the turn; it ends by itself after a while, so that one that hangs holds up no other. */
  take(): Promise<() => void>;
}

const LONGEST_MS = 1_000;

export function createTurns(atOnce: number, clock: Clock): Turns {
  const waiting: (() => void)[] = [];
  let taken = 0;

  function begin(): () => void {
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      cancel();
      const next = waiting.shift();
      if (next === undefined) taken -= 1;
      else next();
    };
    const cancel = clock.after(LONGEST_MS, end);
    return end;
  }

  return {
    async take() {
      if (taken < atOnce) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return begin();
    },
  };
}
