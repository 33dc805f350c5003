import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../errors.ts';

/** Resolves when the condition holds; a condition that throws does not hold yet. Throws ERR_STACK_NOT_READY after `timeoutMs`. */
export async function until(what: string, timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new StackError('ERR_STACK_NOT_READY', `not within ${timeoutMs / 1000} s: ${what}`, { cause });
    await sleep(100);
  }
}
