import { type AppInstall, type Codec, topics } from '@switchboard/contracts';
import type { EventLog, LogRecord } from '@switchboard/event-log';
import { ensureSchema } from './ensure-schema.ts';
import { createInstallIndex, type InstallIndex } from './install-index.ts';

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';

/** The newest state of every app install, kept up to date in memory. */
export interface InstallView extends Omit<InstallIndex, 'put' | 'remove'> {
  /** Resolves to true once the view shows this version of the install or a later one, false when `timeoutMs` pass before. */
  shows(installId: string, version: number, timeoutMs: number): Promise<boolean>;
  /** Rejects when the view can no longer follow the topic. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface InstallViewOptions {
  readonly log: Pick<EventLog, 'reader'>;
  readonly codec: Codec;
  /** Called for a record that no known schema reads: the install keeps its last state. */
  readonly onUnreadable?: (record: LogRecord, error: unknown) => void;
  /** Called after a change, also for those read at the start. */
  readonly onChange?: (installId: string, install: AppInstall | undefined) => void;
  /** Pause between requests to the registry, milliseconds. Default 1,000. */
  readonly retryMs?: number;
}

/** Reads `app-installs.v1` from its beginning and follows it. Resolves once every record up to the log end offset of that time is read. */
export async function startInstallView({ log, codec, onUnreadable, onChange, retryMs = 1_000 }: InstallViewOptions): Promise<InstallView> {
  const index = createInstallIndex();
  const waiting = new Set<() => void>();
  const stopping = new AbortController();

  const apply = async (record: LogRecord) => {
    const installId = record.key?.toString('utf8') ?? '';
    if (record.value === null) {
      index.remove(installId);
      onChange?.(installId, undefined);
      return;
    }
    try {
      await ensureSchema(codec, record.value, retryMs, stopping.signal);
      const install = codec.decode(RECORD_NAME, record.value);
      index.put(install);
      onChange?.(installId, install);
    } catch (error) {
      if (!stopping.signal.aborted) onUnreadable?.(record, error);
    }
  };

  const reader = await log.reader({
    topics: [topics.installs.name],
    from: 'beginning',
    onRecords: async (records) => {
      for (const record of records) await apply(record);
      for (const check of [...waiting]) check();
    },
  });
  await Promise.race([reader.caughtUp, reader.done]);

  return {
    get: index.get,
    all: index.all,
    matching: index.matching,
    names: index.names,
    shows: (installId, version, timeoutMs) =>
      new Promise((resolve) => {
        const end = (shown: boolean) => {
          clearTimeout(timer);
          waiting.delete(check);
          resolve(shown);
        };
        const check = () => {
          if ((index.get(installId)?.version ?? 0) >= version) end(true);
        };
        const timer = setTimeout(() => end(false), timeoutMs);
        waiting.add(check);
        check();
      }),
    done: reader.done,
    stop: () => {
      stopping.abort();
      return reader.stop();
    },
  };
}
