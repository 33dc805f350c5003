import type { KafkaClient } from './kafkajs/client/client.ts';
import type { LogErrorCode, OutRecord, Position } from './log.ts';
import { TransactionError, type TransactionFailure } from './produce/transaction/transaction-error.ts';
import { openTransactionalProducer } from './produce/transaction/transactional-producer.ts';

export type FencedWriteOutcome =
  | { readonly ok: true /** One for each record, in order. */; readonly positions: readonly Position[] }
  | {
      readonly ok: false;
      /**
       * ERR_LOG_FENCED: somebody else took the id since; nothing was written, decide again. ERR_LOG_UNAVAILABLE: nothing
       * was written. ERR_LOG_OUTCOME_UNKNOWN: all was written or nothing.
       */
      readonly code: Extract<LogErrorCode, 'ERR_LOG_FENCED' | 'ERR_LOG_UNAVAILABLE' | 'ERR_LOG_OUTCOME_UNKNOWN' | 'ERR_LOG_CLOSED'>;
      readonly cause?: unknown;
    };

/** Writes that depend on what the log holds, under one transactional id: between the decision and the write nobody else writes. */
export interface FencedWriter {
  /**
   * Takes the id, so that no earlier holder can write any more; calls `decide`, which reads the log to its end and says
   * what to write; writes all of it or nothing. Runs of one writer follow each other. Rejects only with what `decide` threw.
   */
  run(decide: () => Promise<readonly OutRecord[]>): Promise<FencedWriteOutcome>;
  /** Waits for the run that is going on. */
  stop(): Promise<void>;
}

const CODES = {
  fenced: 'ERR_LOG_FENCED',
  'not-member': 'ERR_LOG_UNAVAILABLE',
  aborted: 'ERR_LOG_UNAVAILABLE',
  'timed-out': 'ERR_LOG_UNAVAILABLE',
  unknown: 'ERR_LOG_OUTCOME_UNKNOWN',
} as const satisfies Record<TransactionFailure, LogErrorCode>;

export function createFencedWriter(client: KafkaClient, transactionalId: string, open = openTransactionalProducer): FencedWriter {
  let stopped = false;
  let last: Promise<unknown> = Promise.resolve();

  async function write(decide: () => Promise<readonly OutRecord[]>): Promise<FencedWriteOutcome> {
    if (stopped) return { ok: false, code: 'ERR_LOG_CLOSED' };
    let producer: Awaited<ReturnType<typeof open>>;
    try {
      producer = await open(client, { transactionalId, topics: [] });
    } catch (cause) {
      return { ok: false, code: 'ERR_LOG_UNAVAILABLE', cause };
    }
    try {
      const records = await decide();
      return { ok: true, positions: await producer.run({ records }) };
    } catch (cause) {
      if (!(cause instanceof TransactionError)) throw cause;
      return { ok: false, code: CODES[cause.failure], cause };
    } finally {
      producer.close().catch(() => undefined);
    }
  }

  return {
    run(decide) {
      const run = last.then(() => write(decide));
      last = run.catch(() => undefined);
      return run;
    },
    async stop() {
      stopped = true;
      await last;
    },
  };
}
