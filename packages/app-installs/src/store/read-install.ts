import { type AppInstall, type Codec, topics } from '@switchboard/contracts';
import type { EventLog } from '@switchboard/event-log';

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';

/** Reads the topic to its end and gives the newest state of an install; undefined where it does not exist or was removed. */
export async function readInstall(log: Pick<EventLog, 'reader'>, codec: Codec, installId: string): Promise<AppInstall | undefined> {
  const key = Buffer.from(installId, 'utf8');
  let newest: Buffer | null = null;
  const reader = await log.reader({
    topics: [topics.installs.name],
    from: 'beginning',
    onRecords: (records) => {
      for (const record of records) if (record.key?.equals(key)) newest = record.value;
    },
  });
  try {
    await Promise.race([reader.caughtUp, reader.done]);
  } finally {
    await reader.stop();
  }
  const bytes = newest as Buffer | null;
  if (bytes === null) return undefined;
  await codec.ensure(bytes);
  return codec.decode(RECORD_NAME, bytes);
}
