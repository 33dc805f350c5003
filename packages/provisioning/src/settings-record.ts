import { type Codec, topics } from '@switchboard/contracts';
import { type EventLog, LogError, type LogRecord, type TopicSettings } from '@switchboard/event-log';

const RECORD = 'switchboard.topics.v1.TopicSettings';

export type SettingsByTopic = ReadonlyMap<string, TopicSettings>;

/**
 * The settings that `topics apply` set last, by topic; none where it has not recorded any yet. The codec is asked for only
 * when there are records.
 */
export async function readSettings(log: Pick<EventLog, 'reader'>, openCodec: () => Promise<Codec>): Promise<SettingsByTopic> {
  const records: LogRecord[] = [];
  try {
    const reader = await log.reader({
      topics: [topics.settings.name],
      from: 'beginning',
      onRecords: (more) => void records.push(...more),
    });
    await reader.caughtUp.finally(() => reader.stop());
  } catch (error) {
    if (error instanceof LogError && error.code === 'ERR_LOG_UNKNOWN_TOPIC') return new Map();
    throw error;
  }
  const newest = new Map<string, TopicSettings>();
  if (records.length === 0) return newest;
  const codec = await openCodec();
  for (const { value } of records) {
    if (value === null) continue;
    await codec.ensure(value);
    const { topic, settings } = codec.decode(RECORD, value);
    newest.set(topic, settings);
  }
  return newest;
}

/** Records the settings that were set, one record a topic. Rejects when Kafka does not acknowledge one. */
export async function recordSettings(
  log: Pick<EventLog, 'appender'>,
  codec: Codec,
  settings: SettingsByTopic,
  appliedAt: number,
): Promise<void> {
  const appender = await log.appender();
  try {
    const outcomes = await Promise.all(
      [...settings].map(([topic, values]) =>
        appender.append({
          topic: topics.settings.name,
          key: Buffer.from(topic),
          value: codec.encode(RECORD, { topic, settings: values, appliedAt }),
        }),
      ),
    );
    const failed = outcomes.find((outcome) => !outcome.ok);
    if (failed !== undefined) throw new LogError(failed.code, 'the settings of topics were not recorded', { cause: failed.cause });
  } finally {
    await appender.stop();
  }
}
