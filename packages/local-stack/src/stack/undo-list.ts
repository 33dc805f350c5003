type Step = () => Promise<unknown>;

export interface UndoList {
  /** Adds steps that may run side by side. */
  add(...steps: readonly Step[]): void;
  /** Runs every step once, the last added first, also after one has failed. Throws the first failure when all have run. */
  run(): Promise<void>;
}

/** What takes back a start, step by step. */
export function createUndoList(): UndoList {
  const added: (readonly Step[])[] = [];
  let running: Promise<void> | undefined;
  return {
    add: (...steps) => void added.push(steps),
    run() {
      running ??= runAll(added.reverse());
      return running;
    },
  };
}

async function runAll(steps: readonly (readonly Step[])[]): Promise<void> {
  const failures: unknown[] = [];
  for (const together of steps) {
    const outcomes = await Promise.allSettled(together.map(async (step) => step()));
    failures.push(...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])));
  }
  if (failures.length > 0) throw failures[0];
}
