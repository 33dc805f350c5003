import type { Logger } from '@switchboard/runtime';

export interface ConnectOptions<Value> {
  readonly name: string;
  readonly connect: () => Promise<Value>;
  /** Closes what was connected too late. */
  readonly close: (value: Value) => Promise<void>;
  readonly logger: Logger;
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
}

export interface Connecting<Value> {
  /** Undefined until connected. */
  current(): Value | undefined;
  /** Ends the attempts and closes what is connected. */
  stop(): Promise<void>;
}

/** Connects in the background and tries again for ever, so that a service can start before what it depends on. */
export function connectInBackground<Value>(options: ConnectOptions<Value>): Connecting<Value> {
  const { name, connect, close, logger, minDelayMs = 200, maxDelayMs = 5_000 } = options;
  let current: Value | undefined;
  let stopped = false;
  let wake: () => void = () => {};

  async function run(): Promise<void> {
    for (let delayMs = minDelayMs; !stopped; delayMs = Math.min(maxDelayMs, 2 * delayMs)) {
      try {
        const value = await connect();
        if (stopped) await close(value);
        else {
          current = value;
          logger.info({ dependency: name }, 'connected');
        }
        return;
      } catch (error) {
        logger.warn({ err: error, dependency: name, retryInMs: delayMs }, 'not connected; trying again');
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, delayMs).unref();
      });
    }
  }

  const running = run();
  return {
    current: () => current,
    async stop() {
      stopped = true;
      wake();
      // A connection attempt may hang for as long as its own timeouts say; what it brings is closed when it comes.
      if (current === undefined) return;
      await running;
      await close(current);
    },
  };
}
