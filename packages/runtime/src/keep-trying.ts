import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './logger.ts';

export interface KeepTryingOptions<Value> {
  /** Name of the dependency, for the log. */
  readonly name: string;
  readonly connect: () => Promise<Value>;
  /** Closes a value that was connected after the signal was aborted. */
  readonly discard?: (value: Value) => Promise<unknown>;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** True if another attempt may succeed after this failure. Default: after any. */
  readonly mayPass?: (error: unknown) => boolean;
  readonly logger: Logger;
  /** First and longest pause between attempts, milliseconds; each is twice the one before. */
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
}

/**
 * Connects, and tries again until it succeeds, so that a service may start before its dependencies. Rejects with a failure
 * that `mayPass` does not admit, and with the signal's reason as soon as the signal is aborted.
 */
export async function keepTrying<Value>(options: KeepTryingOptions<Value>): Promise<Value> {
  const { name, connect, signal, mayPass = () => true, logger, minDelayMs = 200, maxDelayMs = 5_000 } = options;
  for (let delayMs = minDelayMs; ; delayMs = Math.min(maxDelayMs, 2 * delayMs)) {
    signal.throwIfAborted();
    try {
      const value = await unlessAborted(connect(), options);
      logger.info({ dependency: name }, 'Dependency connected');
      return value;
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      logger.warn({ err: error, dependency: name, retryInMs: delayMs }, 'Dependency not connected, trying again');
    }
    await delay(delayMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** An attempt may take until its own timeouts; an aborted signal does not wait for it. */
function unlessAborted<Value>(attempt: Promise<Value>, { name, signal, discard, logger }: KeepTryingOptions<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  attempt
    .then(async (value) => {
      if (!signal.aborted) return resolve(value);
      await discard?.(value);
    })
    .catch((error: unknown) => {
      if (signal.aborted) logger.debug({ err: error, dependency: name }, 'Last attempt failed after the stop');
      reject(error);
    })
    .finally(() => signal.removeEventListener('abort', abort));
  return promise;
}
