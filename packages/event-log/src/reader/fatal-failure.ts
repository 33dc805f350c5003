import { mayPass } from '../fetch/may-pass.ts';
import { protocolCode } from '../kafkajs/errors/errors.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';

// What does not mend itself may still pass: a new topic that some broker does not know, a leader that catches up.
const GRACE_MS = 30_000;
const UNKNOWN_TOPIC = 3;

/** The error that ends reading, or undefined while it should try again. */
export function fatalFailure(error: unknown, failingForMs: number, topics: readonly string[]): Error | undefined {
  if (failingForMs < GRACE_MS || mayPass(error)) return undefined;
  if (protocolCode(error) !== UNKNOWN_TOPIC) return error instanceof Error ? error : new Error(String(error));
  return new LogError('ERR_LOG_UNKNOWN_TOPIC', `the brokers no longer know one of ${topics.join(', ')}`, { cause: error });
}
