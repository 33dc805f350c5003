import { setTimeout as delay } from 'node:timers/promises';
import { type AppInstall, type Codec, type EventType, isRegistryAway, topics } from '@switchboard/contracts';
import type { EventLog, LogRecord } from '@switchboard/event-log';
import { type MatchableEvent, matchesInstall } from './matches-install.ts';

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';

/** The newest state of every app install, kept up to date in memory. */
export interface InstallView {
  get(installId: string): AppInstall | undefined;
  all(): readonly AppInstall[];
  /** Installs that receive the event. */
  matching(event: MatchableEvent): readonly AppInstall[];
  /** Resolves to true once the view shows this version of the install or a later one, false when `timeoutMs` pass before. */
  shows(installId: string, version: number, timeoutMs: number): Promise<boolean>;
  /** Rejects when the view can no longer follow the topic. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface InstallViewOptions {
  readonly log: EventLog;
  readonly codec: Codec;
  /** Called for a record that no known schema reads: the install keeps its last state. */
  readonly onUnreadable?: (record: LogRecord, error: unknown) => void;
  /** Called after a change, also for those read at the start. */
  readonly onChange?: (installId: string, install: AppInstall | undefined) => void;
  /** Pause between requests to the registry, milliseconds. Default 1,000. */
  readonly retryMs?: number;
}

/** Installs by id and by event type, filled by the caller. */
export function createInstallIndex() {
  const installs = new Map<string, AppInstall>();
  const byType = new Map<string, Map<string, AppInstall>>();
  const remove = (installId: string) => {
    const old = installs.get(installId);
    for (const type of Object.keys(old?.webhooks ?? {})) byType.get(type)?.delete(installId);
    installs.delete(installId);
  };
  return {
    put: (install: AppInstall) => {
      remove(install.installId);
      installs.set(install.installId, install);
      for (const type of Object.keys(install.webhooks)) {
        const named = byType.get(type) ?? new Map<string, AppInstall>();
        byType.set(type, named.set(install.installId, install));
      }
    },
    remove,
    get: (installId: string) => installs.get(installId),
    all: () => [...installs.values()],
    matching: (event: { readonly type: EventType } & MatchableEvent) =>
      [...(byType.get(event.type)?.values() ?? [])].filter((install) => matchesInstall(install, event)),
  };
}

/** Reads `app-installs.v1` from its beginning and follows it. Resolves once every record up to the log end offset of that time is read. */
export async function startInstallView({ log, codec, onUnreadable, onChange, retryMs = 1_000 }: InstallViewOptions): Promise<InstallView> {
  const index = createInstallIndex();
  const waiting = new Set<() => void>();
  const stopping = new AbortController();

  /** Waits while the registry is away, as for Kafka: skipping the record would lose a change. */
  const ensure = async (value: Buffer): Promise<void> => {
    for (;;) {
      try {
        return await codec.ensure(value);
      } catch (error) {
        if (!isRegistryAway(error)) throw error;
        await delay(retryMs, undefined, { signal: stopping.signal, ref: false });
      }
    }
  };

  const apply = async (record: LogRecord) => {
    const installId = record.key?.toString('utf8') ?? '';
    if (record.value === null) {
      index.remove(installId);
      onChange?.(installId, undefined);
      return;
    }
    try {
      await ensure(record.value);
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
