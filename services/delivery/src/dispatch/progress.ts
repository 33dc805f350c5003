/** How far a delivery has come in one run. Compared attempts first, then deferrals; `ended` is beyond all. */
export interface Stage {
  readonly attempts: number;
  readonly deferrals: number;
}

/**
 * Remembers how far deliveries came in this process, so that a record read a second time is not attempted a second time.
 * Bounded: the deliveries not heard of for longest are forgotten, and then cost a duplicate at most.
 */
export interface Progress {
  /** True when the delivery is beyond this stage already. */
  passed(key: string, stage: Stage): boolean;
  reached(key: string, stage: Stage | 'ended'): void;
}

export function createProgress(capacity: number): Progress {
  const stages = new Map<string, Stage | 'ended'>();
  return {
    passed: (key, { attempts, deferrals }) => {
      const reached = stages.get(key);
      if (reached === undefined) return false;
      if (reached === 'ended') return true;
      return attempts < reached.attempts || (attempts === reached.attempts && deferrals < reached.deferrals);
    },
    reached: (key, stage) => {
      stages.delete(key);
      stages.set(key, stage);
      if (stages.size <= capacity) return;
      const [oldest] = stages.keys();
      if (oldest !== undefined) stages.delete(oldest);
    },
  };
}
