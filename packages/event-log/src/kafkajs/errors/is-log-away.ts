import { isTransient, rootFailure } from './failure.ts';
import { LogError } from './log-error.ts';

/** True for a failed start that brokers mend when they come back: none was reached, or none could answer yet. */
export function isLogAway(error: unknown): boolean {
  return !(error instanceof LogError) && isTransient(rootFailure(error));
}
