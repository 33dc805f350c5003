import type { Appender, FencedWriter } from '@switchboard/event-log';

/** A writer over an appender for logs without transactions: runs follow each other. `failWith` makes the next runs fail. */
export function createMemoryWriter(
  appender: Pick<Appender, 'append'>,
  failures: ('ERR_LOG_FENCED' | 'ERR_LOG_UNAVAILABLE' | 'ERR_LOG_OUTCOME_UNKNOWN')[] = [],
): FencedWriter {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (decide) => {
      const run = last.then(async () => {
        const records = await decide();
        const code = failures.shift();
        if (code !== undefined) return { ok: false as const, code };
        const outcomes = await Promise.all(records.map((record) => appender.append(record)));
        return { ok: true as const, positions: outcomes.flatMap((outcome) => (outcome.ok ? [outcome.position] : [])) };
      });
      last = run.catch(() => undefined);
      return run;
    },
    stop: async () => {
      await last;
    },
  };
}
