/** The members of kafkajs's RequestQueue that the replacement touches. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

export type RequestQueueClass = new (options: object) => RequestQueue;

/**
 * kafkajs re-arms its check of pending requests for ever, with a delay that is negative (so 1 ms) when nothing
 * throttles: an endless timer for each connection. Nothing pending needs no check: a push arms it, an answer runs it.
 */
export function quietRequestQueue(Stock: RequestQueueClass): RequestQueueClass {
  return class QuietRequestQueue extends Stock {
    override scheduleCheckPendingRequests(): void {
      if (this.pending.length > 0) {
        super.scheduleCheckPendingRequests();
      }
    }
  };
}
