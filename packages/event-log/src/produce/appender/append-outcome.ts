import type { AppendOutcome, LogErrorCode } from '../../log.ts';
import type { BatchOutcome } from '../send-path/batch.ts';
import { MESSAGE_TOO_LARGE, UNKNOWN_TOPIC_OR_PARTITION } from '../send-path/produce-errors.ts';

const RECORD_LIST_TOO_LARGE = 18;

export function isTooLarge(errorCode: number): boolean {
  return errorCode === MESSAGE_TOO_LARGE || errorCode === RECORD_LIST_TOO_LARGE;
}

/** What a batch that will not be written means for each of its records. */
export function failedOutcome(outcome: Exclude<BatchOutcome, { kind: 'written' }>): AppendOutcome {
  switch (outcome.kind) {
    case 'refused':
      return {
        ok: false,
        code: refusalCode(outcome.errorCode),
        cause: outcome.cause ?? new Error(`the broker responded with error ${outcome.errorCode}`),
      };
    case 'unsent':
      return { ok: false, code: 'ERR_LOG_UNAVAILABLE', cause: outcome.cause };
    case 'unknown':
      return { ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN', cause: outcome.cause };
    default:
      return outcome satisfies never;
  }
}

function refusalCode(errorCode: number): LogErrorCode {
  if (isTooLarge(errorCode)) return 'ERR_LOG_RECORD_TOO_LARGE';
  return errorCode === UNKNOWN_TOPIC_OR_PARTITION ? 'ERR_LOG_UNKNOWN_TOPIC' : 'ERR_LOG_UNAVAILABLE';
}
