/** What a failed transaction leaves behind. */
export type TransactionFailure =
  /** A newer holder of the transactional id exists; nothing of the transaction is or will be visible. */
  | 'fenced'
  /** The group no longer has the member that committed offsets; nothing of the transaction is or will be visible. */
  | 'not-member'
  /** The transaction did not end within its time; nothing of it is or will be visible. */
  | 'timed-out'
  /** Nothing of the transaction is or will be visible. */
  | 'aborted'
  /** The commit got no response: all of it is visible or nothing. */
  | 'unknown';

/** Open another producer after it: that settles whether the transaction was committed. */
export class TransactionError extends Error {
  override readonly name = 'TransactionError';
  readonly failure: TransactionFailure;
  /** An output partition did not take its records: a transaction that does not write to it may succeed. */
  readonly atOutput: boolean;

  constructor(failure: TransactionFailure, message: string, { atOutput = false, ...options }: ErrorOptions & { atOutput?: boolean } = {}) {
    super(message, options);
    this.failure = failure;
    this.atOutput = atOutput;
  }
}
