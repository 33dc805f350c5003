/** What a partition's error code in a Produce response means for its batch. */
export type ProduceVerdict =
  /** The batch is in the log. */
  | 'written'
  /** The leader is another one, or not known yet: look for it and send the same batch again. */
  | 'leader'
  /** Send the same batch again later. */
  | 'again'
  /** Refused as it is; nothing was written and nothing will be. */
  | 'refused'
  /** The producer id can no longer be used, and what became of the batch is not known. */
  | 'fatal';

const NONE = 0;
// The broker has the batch, and newer ones behind it.
const DUPLICATE_SEQUENCE_NUMBER = 46;

export const MESSAGE_TOO_LARGE = 10;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;
export const INVALID_PRODUCER_EPOCH = 47;
export const PRODUCER_FENCED = 90;
export const INVALID_RECORD = 87;

const LEADER = new Set([
  UNKNOWN_TOPIC_OR_PARTITION,
  5, // LEADER_NOT_AVAILABLE
  6, // NOT_LEADER_OR_FOLLOWER
  9, // REPLICA_NOT_AVAILABLE
  13, // NETWORK_EXCEPTION
  56, // KAFKA_STORAGE_ERROR
  74, // FENCED_LEADER_EPOCH
  75, // UNKNOWN_LEADER_EPOCH
  100, // UNKNOWN_TOPIC_ID
]);

const AGAIN = new Set([
  2, // CORRUPT_MESSAGE: damaged on the way
  7, // REQUEST_TIMED_OUT
  14, // COORDINATOR_LOAD_IN_PROGRESS: the broker asks it whether the partition is in the transaction
  15, // COORDINATOR_NOT_AVAILABLE
  16, // NOT_COORDINATOR
  19, // NOT_ENOUGH_REPLICAS
  20, // NOT_ENOUGH_REPLICAS_AFTER_APPEND
  51, // CONCURRENT_TRANSACTIONS
  89, // THROTTLING_QUOTA_EXCEEDED
]);

const REFUSED = new Set([
  MESSAGE_TOO_LARGE,
  17, // INVALID_TOPIC_EXCEPTION
  18, // RECORD_LIST_TOO_LARGE
  21, // INVALID_REQUIRED_ACKS
  29, // TOPIC_AUTHORIZATION_FAILED
  31, // CLUSTER_AUTHORIZATION_FAILED
  32, // INVALID_TIMESTAMP
  43, // UNSUPPORTED_FOR_MESSAGE_FORMAT
  44, // POLICY_VIOLATION
  INVALID_RECORD,
]);

/** A broker's response to a batch that ends the producer. */
export class BrokerRefusal extends Error {
  override readonly name = 'BrokerRefusal';
  readonly errorCode: number;

  constructor(errorCode: number, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

/**
 * Every code that is not listed is fatal, OUT_OF_ORDER_SEQUENCE_NUMBER (45), INVALID_PRODUCER_EPOCH (47),
 * UNKNOWN_PRODUCER_ID (59) and PRODUCER_FENCED (90) among them: continuing after an unknown code could reuse
 * a sequence that the broker has seen.
 */
export function verdictOf(errorCode: number): ProduceVerdict {
  if (errorCode === NONE || errorCode === DUPLICATE_SEQUENCE_NUMBER) return 'written';
  if (LEADER.has(errorCode)) return 'leader';
  if (AGAIN.has(errorCode)) return 'again';
  return REFUSED.has(errorCode) ? 'refused' : 'fatal';
}
