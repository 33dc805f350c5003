import { protocolCode } from '../kafkajs/errors/errors.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import { ResponseError } from '../wire/ask-broker.ts';

/** UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED, UNSUPPORTED_VERSION. */
const PERMANENT: ReadonlySet<number | undefined> = new Set([3, 17, 29, 35]);

/** Whether a fetch that failed like this may succeed later without a change by an operator. */
export function mayPass(error: unknown): boolean {
  return error instanceof ResponseError ? !PERMANENT.has(protocolCode(error)) : isTransient(rootFailure(error));
}
