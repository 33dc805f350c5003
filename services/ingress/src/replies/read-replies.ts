import { type Codec, topics } from '@switchboard/contracts';
import type { EventLog, LogRecord } from '@switchboard/event-log';
import type { CounterMetric, Logger } from '@switchboard/runtime';
import type { Waiters } from './waiters.ts';

export interface RepliesOptions {
  readonly log: Pick<EventLog, 'reader'>;
  readonly codec: Codec;
  readonly waiters: Waiters;
  readonly replies: CounterMetric;
  readonly logger: Logger;
  /** How long to wait before a reader that ended is started again. */
  readonly restartMs?: number;
}

export interface Replies {
  /** Whether every reply written from now on will be seen. */
  caughtUp(): boolean;
  stop(): Promise<void>;
}

const REPLY = 'switchboard.replies.v1.Reply';

/** Reads the replies from the log end offset, until stopped: earlier ones were written for requests that this process never had. */
export function readReplies(options: RepliesOptions): Replies {
  const { log, codec, waiters, replies, logger, restartMs = 1_000 } = options;
  const stopping = Promise.withResolvers<void>();
  let stopped = false;
  let ready = false;

  async function handle(record: LogRecord): Promise<void> {
    if (record.value === null) return;
    let reply: ReturnType<typeof codec.decode<typeof REPLY>>;
    try {
      await codec.ensure(record.value);
      reply = codec.decode(REPLY, record.value);
    } catch (error) {
      replies.inc({ outcome: 'undecodable' });
      return logger.warn({ err: error, partition: record.partition, offset: String(record.offset) }, 'Reply undecodable');
    }
    const outcome = waiters.offer(reply.notificationId, reply.activity);
    if (typeof outcome === 'string') return replies.inc({ outcome });
    replies.inc({ outcome: outcome.refused });
    logger.warn({ code: outcome.refused, notificationId: reply.notificationId, author: reply.author }, 'Reply refused');
  }

  async function read(): Promise<void> {
    const reader = await log.reader({
      topics: [topics.replies.name],
      from: 'end',
      onRecords: async (records) => {
        for (const record of records) await handle(record);
      },
    });
    try {
      await Promise.race([reader.caughtUp, reader.done, stopping.promise]);
      ready = !stopped;
      await Promise.race([reader.done, stopping.promise]);
    } finally {
      ready = false;
      await reader.stop();
    }
  }

  async function keepReading(): Promise<void> {
    while (!stopped) {
      try {
        await read();
      } catch (error) {
        logger.error({ err: error }, 'Reading replies failed, retrying');
      }
      if (!stopped) await Promise.race([stopping.promise, new Promise((resolve) => setTimeout(resolve, restartMs).unref())]);
    }
  }

  const running = keepReading();
  return {
    caughtUp: () => ready,
    async stop() {
      stopped = true;
      stopping.resolve();
      await running;
    },
  };
}
