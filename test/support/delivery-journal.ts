import { type Codec, type DeliveryAttempt, headerNames, headerText, retryTopics, topics } from '@switchboard/contracts';
import type { EventLog, LogRecord } from '@switchboard/event-log';

/** All that the delivery topics hold of some deliveries, each list in the order of its partitions. */
export interface DeliveryRecords {
  readonly pending: readonly LogRecord[];
  readonly retries: readonly LogRecord[];
  readonly dead: readonly LogRecord[];
  readonly outcomes: readonly DeliveryAttempt[];
}

/** Follows the delivery topics from their beginning. */
export interface DeliveryJournal {
  /** What stands there now of one install, or of all. */
  of(installId?: string): DeliveryRecords;
  /** Resolves with the terminal outcomes of the install once there are that many. Throws after `timeoutMs`, with what came. */
  ended(installId: string, count: number, timeoutMs?: number): Promise<readonly DeliveryAttempt[]>;
  stop(): Promise<void>;
}

const RETRY_NAMES: ReadonlySet<string> = new Set(retryTopics.map(({ name }) => name));
const OUTCOME = 'switchboard.deliveries.v1.DeliveryAttempt';

export async function followDeliveries({ log, codec }: { readonly log: EventLog; readonly codec: Codec }): Promise<DeliveryJournal> {
  const carried: LogRecord[] = [];
  const outcomes: DeliveryAttempt[] = [];
  const waiting = new Set<() => void>();
  const reader = await log.reader({
    topics: [topics.pending.name, ...RETRY_NAMES, topics.dead.name, topics.outcomes.name],
    from: 'beginning',
    onRecords: (records) => {
      for (const record of records) {
        if (record.topic !== topics.outcomes.name) carried.push(record);
        else if (record.value !== null) outcomes.push(codec.decode(OUTCOME, record.value));
      }
      for (const look of waiting) look();
    },
  });
  await reader.caughtUp;

  const of = (installId?: string): DeliveryRecords => {
    const own = carried.filter(({ headers }) => installId === undefined || headerText(headers, headerNames.installId) === installId);
    return {
      pending: own.filter(({ topic }) => topic === topics.pending.name),
      retries: own.filter(({ topic }) => RETRY_NAMES.has(topic)),
      dead: own.filter(({ topic }) => topic === topics.dead.name),
      outcomes: outcomes.filter((outcome) => installId === undefined || outcome.installId === installId),
    };
  };

  return {
    of,
    ended: (installId, count, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const terminal = () => of(installId).outcomes.filter((outcome) => outcome.terminal);
        const look = () => {
          if (terminal().length < count) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(terminal());
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          const seen = of(installId).outcomes.map(({ outcome, attempt, code }) => `${outcome} ${attempt} ${code}`);
          reject(new Error(`${terminal().length} of ${count} deliveries of ${installId} ended within ${timeoutMs} ms: ${seen.join(', ')}`));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
    stop: () => reader.stop(),
  };
}
