/** A message as kafkajs decodes it: the members the filter reads. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly batchContext: {
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly isControlBatch: boolean;
  };
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

// Key of a control record: version, then type; 0 is abort, 1 is commit.
const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);

/**
 * Drops the records of aborted transactions. The broker names each aborted transaction that touches the fetched range
 * by producer and first offset, in no promised order; several may have begun before the first fetched record. A
 * transaction ends at the abort marker of its producer, which only a control batch can hold: a record of a sender may
 * have the same key bytes.
 */
export function filterAbortedMessages<Message extends FetchedMessage>(fetched: {
  readonly messages: readonly Message[];
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
}): readonly Message[] {
  const { messages, abortedTransactions } = fetched;
  if (!abortedTransactions?.length) {
    return messages;
  }
  const waiting = abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const aborting = new Set<string>();
  let next = 0;
  return messages.filter((message) => {
    const offset = BigInt(message.offset);
    for (let begun = waiting[next]; begun !== undefined && begun.firstOffset <= offset; begun = waiting[next]) {
      aborting.add(begun.producerId);
      next += 1;
    }
    const { producerId, inTransaction, isControlBatch } = message.batchContext;
    if (isControlBatch) {
      if (message.key?.equals(ABORT_MARKER)) {
        aborting.delete(producerId);
      }
      return true;
    }
    return !(inTransaction && aborting.has(producerId));
  });
}
