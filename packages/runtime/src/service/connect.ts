import { type KeepTryingOptions, keepTrying } from '../keep-trying.ts';

export interface ConnectOptions<Value> extends Omit<KeepTryingOptions<Value>, 'discard'> {
  /** Closes what is connected, also what connects only after the stop. */
  readonly close?: (value: Value) => Promise<unknown>;
}

export interface Connecting<Value> {
  /** Undefined until connected. */
  current(): Value | undefined;
  /** Resolves once connected. Rejects with a failure that `mayPass` does not admit, and with the signal's reason once it is aborted. */
  readonly connected: Promise<Value>;
  /** Ends the attempts and closes what is connected. */
  stop(): Promise<void>;
}

/** Connects in the background and tries again until it succeeds. A caller that cannot work without the value awaits `connected`. */
export function connectInBackground<Value>({ close, signal, ...options }: ConnectOptions<Value>): Connecting<Value> {
  const stopping = new AbortController();
  const discard = async (value: Value): Promise<unknown> => close?.(value);
  let current: { readonly value: Value } | undefined;
  const connected = keepTrying({ ...options, discard, signal: AbortSignal.any([signal, stopping.signal]) }).then(async (value) => {
    if (stopping.signal.aborted) {
      await discard(value);
      throw stopping.signal.reason;
    }
    current = { value };
    return value;
  });
  // A caller that only looks at `current` handles no failure.
  connected.catch(() => undefined);
  return {
    current: () => current?.value,
    connected,
    async stop() {
      stopping.abort();
      if (current !== undefined) await discard(current.value);
    },
  };
}
