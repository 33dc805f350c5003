import { ensureSchema, readAuditRecord } from '@switchboard/app-installs';
import { type AuditRecord, type Codec, topics } from '@switchboard/contracts';
import type { EventLog, LogAdmin, LogRecord, Position } from '@switchboard/event-log';

/** An audit record and its place: newest first is by time, then by position. */
export interface AuditEntry {
  readonly record: AuditRecord;
  readonly partition: number;
  readonly offset: bigint;
}

/** The newest audit records in memory, kept up to date. */
export interface AuditWindow {
  /** Newest first. */
  entries(): readonly AuditEntry[];
  /** False if the topic has, or may have, records older than these. */
  complete(): boolean;
  /** Rejects when the window can no longer follow the topic. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface AuditWindowOptions {
  readonly log: Pick<EventLog, 'reader' | 'admin'>;
  readonly codec: Codec;
  /** Most records in memory. */
  readonly size: number;
  /** Called for a record that no known schema reads: it is left out. */
  readonly onUnreadable?: (record: LogRecord, error: unknown) => void;
}

/** A transaction ends with a marker, which takes an offset too. */
const OFFSETS_PER_RECORD = 2;
const RETRY_MS = 1_000;

/** Reads the end of `audit.v1`, so that a start costs the same however old the topic is, and follows it. Resolves once caught up. */
export async function startAuditWindow({ log, codec, size, onUnreadable }: AuditWindowOptions): Promise<AuditWindow> {
  const stopping = new AbortController();
  let entries: AuditEntry[] = [];
  let isSorted = true;
  let complete = true;

  const cut = (): void => {
    if (!isSorted) entries.sort(newestFirst);
    isSorted = true;
    if (entries.length <= size) return;
    entries = entries.slice(0, size);
    complete = false;
  };
  const add = async (record: LogRecord): Promise<void> => {
    if (record.value === null) return;
    try {
      await ensureSchema(codec, record.value, RETRY_MS, stopping.signal);
      const { partition, offset } = record;
      entries.push({ record: readAuditRecord(codec, record.value), partition, offset });
      isSorted = false;
    } catch (error) {
      if (!stopping.signal.aborted) onUnreadable?.(record, error);
    }
    if (entries.length >= 2 * size) cut();
  };

  const starts = await startsOf(log, BigInt(size * OFFSETS_PER_RECORD));
  if (starts.later) complete = false;
  const reader = await log.reader({
    topics: [topics.audit.name],
    from: { offsets: starts.positions },
    onRecords: async (records) => {
      for (const record of records) await add(record);
    },
  });
  await Promise.race([reader.caughtUp, reader.done]);

  return {
    entries: () => {
      cut();
      return entries;
    },
    complete: () => complete,
    done: reader.done,
    stop: () => {
      stopping.abort();
      return reader.stop();
    },
  };
}

/** Positions from which `count` offsets are read of each partition; `later`: one of them is after the log start offset. */
async function startsOf(
  log: Pick<EventLog, 'admin'>,
  count: bigint,
): Promise<{ readonly positions: readonly Position[]; readonly later: boolean }> {
  const admin: LogAdmin = await log.admin();
  try {
    const topic = topics.audit.name;
    const [begins, ends] = await Promise.all([admin.beginOffsets(topic), admin.endOffsets(topic)]);
    const beginOf = new Map(begins.map(({ partition, offset }) => [partition, offset]));
    const positions = ends.map((end) => ({ ...end, offset: end.offset > count ? end.offset - count : 0n }));
    return { positions, later: positions.some(({ partition, offset }) => offset > (beginOf.get(partition) ?? 0n)) };
  } finally {
    await admin.stop();
  }
}

function newestFirst(one: AuditEntry, other: AuditEntry): number {
  if (one.record.at !== other.record.at) return other.record.at - one.record.at;
  if (one.partition !== other.partition) return other.partition - one.partition;
  return one.offset < other.offset ? 1 : -1;
}
