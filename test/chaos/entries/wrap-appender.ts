import type { Appender, AppendOutcome, EventLog, OutRecord } from '@switchboard/event-log';

export interface AppendHooks {
  before?(record: OutRecord): void;
  after?(record: OutRecord, outcome: AppendOutcome): void;
}

/** The same log, whose appenders tell of each record before it is appended and when its outcome is known. */
export function wrapAppenders<Log extends Pick<EventLog, 'appender'>>(log: Log, hooks: AppendHooks): Log {
  const wrap = (appender: Appender): Appender => ({
    ...appender,
    async append(record, options) {
      hooks.before?.(record);
      const outcome = await appender.append(record, options);
      hooks.after?.(record, outcome);
      return outcome;
    },
  });
  return { ...log, appender: async (options) => wrap(await log.appender(options)) };
}
