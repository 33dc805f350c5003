import { keepTrying, type Logger } from '@switchboard/runtime';

export interface ConnectOptions<Value> {
  readonly name: string;
  readonly connect: () => Promise<Value>;
  /** Closes what is connected, also what connects only after the stop. */
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

/** Connects in the background, retrying until stopped: until then the ingress responds with 503. */
export function connectInBackground<Value>({ close, ...options }: ConnectOptions<Value>): Connecting<Value> {
  const stopping = new AbortController();
  let current: Value | undefined;
  keepTrying({ ...options, discard: close, signal: stopping.signal }).then(
    async (value) => {
      if (stopping.signal.aborted) await close(value);
      else current = value;
    },
    // No failure is final: only the stop ends the attempts.
    () => undefined,
  );
  return {
    current: () => current,
    async stop() {
      stopping.abort();
      if (current !== undefined) await close(current);
    },
  };
}
