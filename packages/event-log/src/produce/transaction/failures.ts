import { protocolCode } from '../../kafkajs/errors/errors.ts';
import type { BatchOutcome } from '../send-path/batch.ts';
import { BrokerRefusal, INVALID_PRODUCER_EPOCH, PRODUCER_FENCED } from '../send-path/produce-errors.ts';
import type { TransactionFailure } from './transaction-error.ts';

const FENCED = [INVALID_PRODUCER_EPOCH, PRODUCER_FENCED];
const INVALID_TXN_STATE = 48;
// ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID
const NOT_MEMBER = [22, 25, 82];
// UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED
const OF_OUTPUT = [3, 17, 29];

/** What a transaction that was not committed is, by the error that ended it. `expired`: it was open for its whole time. */
export function failureOfWrite(error: unknown, expired: boolean): TransactionFailure {
  if (isNotMember(error)) return 'not-member';
  if (expired) return 'timed-out';
  return isFenced(error) ? 'fenced' : 'aborted';
}

/** What a transaction is whose commit failed. `expired`: it was open for its whole time. */
export function failureOfCommit(error: unknown, expired: boolean): TransactionFailure {
  const wasRefused = isFenced(error) || protocolCode(error) === INVALID_TXN_STATE;
  if (!wasRefused) return 'unknown';
  if (expired) return 'timed-out';
  return isFenced(error) ? 'fenced' : 'aborted';
}

/** True when an output partition did not take its records: a transaction without it may succeed. */
export function isAtOutput(error: unknown): boolean {
  return error instanceof OutputError || OF_OUTPUT.includes(protocolCode(error) ?? 0);
}

/** An output partition did not take a batch; `cause` says why. */
class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Throws OutputError unless the batch was written. */
export function throwUnlessWritten(outcome: BatchOutcome): void {
  switch (outcome.kind) {
    case 'written':
      return;
    case 'refused':
      throw new OutputError('a batch was not written', {
        cause: new BrokerRefusal(outcome.errorCode, `a batch was refused with error ${outcome.errorCode}`),
      });
    case 'unsent':
    case 'unknown':
      throw new OutputError('a batch was not written', { cause: outcome.cause });
    default:
      outcome satisfies never;
  }
}

/** A newer holder of the transactional id exists, or the broker has ended the transaction for its time: the code is the same. */
export function isFenced(error: unknown): boolean {
  const cause = error instanceof OutputError ? error.cause : error;
  const code = cause instanceof BrokerRefusal ? cause.errorCode : protocolCode(cause);
  return code !== undefined && FENCED.includes(code);
}

/** The group no longer has this member in this generation. */
export function isNotMember(error: unknown): boolean {
  return NOT_MEMBER.includes(protocolCode(error) ?? 0);
}
