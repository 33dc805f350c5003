import { protocolCode } from '../kafkajs/errors/errors.ts';
import { isTransient, rootFailure } from '../kafkajs/errors/failure.ts';
import { ResponseError } from '../wire/ask-broker.ts';

/** UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED, UNSUPPORTED_VERSION. */
const PERMANENT: ReadonlySet<number | undefined> = new Set([3, 17, 29, 35]);

/** kafkajs's name also for a connection that is cut, or gets no response, while it is authenticated. */
const AUTHENTICATION_FAILED = 'KafkaJSSASLAuthenticationError';

/** Whether a fetch that failed like this may succeed later without a change by an operator. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ResponseError) return !PERMANENT.has(protocolCode(error));
  const failure = rootFailure(error);
  return failure.name === AUTHENTICATION_FAILED || isTransient(failure);
}
