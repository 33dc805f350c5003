import type { Appender, AppendOutcome, EventLog, LogErrorCode, LogRecord, OutRecord, ReaderOptions } from '@switchboard/event-log';

/** What the next append does: acknowledge, fail with a code, throw, or stay silent until its deadline. */
export type AppendStep = 'ok' | LogErrorCode | 'throw' | 'silent';

export interface ScriptedLog extends EventLog {
  /** Records that were acknowledged. */
  readonly stored: OutRecord[];
  /** Steps of the next appends; afterwards `otherwise`. */
  script(steps: readonly AppendStep[], otherwise?: AppendStep): void;
  setAvailable(available: boolean): void;
  /** Holds every append back until the returned function is called. */
  hold(): () => void;
  /** Appends that were begun. */
  begun(): number;
  /** Gives a record to every reader. */
  deliver(record: Pick<LogRecord, 'topic' | 'key' | 'value'>): Promise<void>;
  readers(): number;
}

/** A log whose appends do what a test says, to provoke what a real broker does rarely. */
export function createScriptedLog(): ScriptedLog {
  const stored: OutRecord[] = [];
  const readers = new Set<ReaderOptions>();
  let steps: AppendStep[] = [];
  let rest: AppendStep = 'ok';
  let available = true;
  let held: Promise<void> | undefined;
  let begun = 0;

  async function append(record: OutRecord, deadlineMs: number): Promise<AppendOutcome> {
    begun += 1;
    const step = steps.shift() ?? rest;
    await held;
    if (step === 'throw') throw new Error('the log broke its promise');
    if (step === 'silent') {
      await new Promise((resolve) => setTimeout(resolve, deadlineMs));
      return { ok: false, code: 'ERR_LOG_OUTCOME_UNKNOWN' };
    }
    if (step !== 'ok') return { ok: false, code: step };
    stored.push(record);
    return { ok: true, position: { topic: record.topic, partition: 0, offset: BigInt(stored.length - 1) } };
  }

  const appender: Appender = {
    append: (record, options) => append(record, options?.deadlineMs ?? 60_000),
    available: () => available,
    stop: async () => {},
  };
  return {
    stored,
    script(next, otherwise = 'ok') {
      steps = [...next];
      rest = otherwise;
    },
    setAvailable(value) {
      available = value;
    },
    hold() {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      return () => {
        held = undefined;
        gate.resolve();
      };
    },
    begun: () => begun,
    async deliver(record) {
      const whole = { ...record, partition: 0, offset: 0n, timestamp: 0, headers: [] };
      for (const reader of readers) await reader.onRecords([whole]);
    },
    readers: () => readers.size,
    appender: async () => appender,
    async reader(options) {
      readers.add(options);
      const done = Promise.withResolvers<void>();
      return {
        caughtUp: Promise.resolve(),
        done: done.promise,
        async stop() {
          readers.delete(options);
          done.resolve();
        },
      };
    },
    consumer: () => Promise.reject(new Error('the ingress consumes nothing')),
    admin: () => Promise.reject(new Error('the ingress administers nothing')),
  };
}
