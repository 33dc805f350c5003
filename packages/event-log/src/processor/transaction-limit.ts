/** Most records of the next transaction of a partition: fewer after one that exceeded its time. */
export interface TransactionLimit {
  maxRecords(): number;
  /** A transaction of so many records exceeded its time: the next ones have half of them at most. */
  timedOut(records: number): void;
  /** A transaction was committed: after 8 in a row the limit doubles, up to where it began. */
  committed(): void;
}

const SUCCESSES_TO_GROW = 8;

export function createTransactionLimit(most: number): TransactionLimit {
  let limit = most;
  let successes = 0;
  return {
    maxRecords: () => limit,
    timedOut(records) {
      limit = Math.max(1, Math.floor(Math.min(limit, records) / 2));
      successes = 0;
    },
    committed() {
      if (limit === most) return;
      successes += 1;
      if (successes < SUCCESSES_TO_GROW) return;
      limit = Math.min(most, limit * 2);
      successes = 0;
    },
  };
}
