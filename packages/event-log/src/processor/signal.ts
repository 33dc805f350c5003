/** Wakes one waiting loop. A wake while it does not wait counts for the next wait. */
export interface Signal {
  wake(): void;
  wait(): Promise<void>;
}

export function createSignal(): Signal {
  let pending = false;
  let waiting: (() => void) | undefined;
  return {
    wake() {
      pending = waiting === undefined;
      waiting?.();
      waiting = undefined;
    },
    async wait() {
      if (!pending) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      pending = false;
    },
  };
}
