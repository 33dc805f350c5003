/**
 * The normalizer as its own entry starts it, but that it waits for the end of a transaction for a second only. With END_TXN=blind it then
 * asks again, which it must never do: the first request may still arrive, in the middle of the next transaction.
 */
import { protocolCode } from '../../../packages/event-log/src/kafkajs/errors.ts';
import { aroundEndOfTransaction } from './around-commit.ts';

const TIMEOUT_MS = 1_000;
const MOST_ATTEMPTS = 8;
const blind = process.env.END_TXN === 'blind';

aroundEndOfTransaction(async ({ askWithin, reconnect }) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askWithin(TIMEOUT_MS);
    } catch (error) {
      // An answer is an answer; what was not answered is what a blind client repeats.
      if (!blind || protocolCode(error) !== undefined || attempt === MOST_ATTEMPTS) throw error;
      await reconnect().catch(() => undefined);
    }
  }
});
await import('../../../services/normalizer/src/main.ts');
