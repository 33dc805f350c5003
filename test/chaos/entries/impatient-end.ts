import { protocolCode } from '../../../packages/event-log/src/kafkajs/errors/errors.ts';
import type { TransactionEnd } from './around-commit.ts';

export interface ImpatientEndOptions {
  readonly timeoutMs: number;
  /** Asks again when no answer came, which must never be done: the first request may still arrive, in the middle of a later transaction. */
  readonly blind: () => boolean;
  /** Called before each repetition. */
  readonly onRepeat?: () => void;
}

const MOST_ATTEMPTS = 8;

/** Waits for the end of a transaction for a short time only. */
export function impatientEnd({ timeoutMs, blind, onRepeat }: ImpatientEndOptions): (end: TransactionEnd) => Promise<unknown> {
  return async ({ askWithin, reconnect }) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await askWithin(timeoutMs);
      } catch (error) {
        // An answer is an answer; what was not answered is what a blind client repeats.
        if (!blind() || protocolCode(error) !== undefined || attempt === MOST_ATTEMPTS) throw error;
        onRepeat?.();
        await reconnect().catch(() => undefined);
      }
    }
  };
}
