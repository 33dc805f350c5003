import { type AppInstall, type Codec, CodecError, isRegistryAway, topics } from '@switchboard/contracts';
import type { EventLog } from '@switchboard/event-log';

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';

/** Reads the topic to its end and gives the newest record of every key that is `wanted`; removed installs are left out. */
async function readNewest(log: Pick<EventLog, 'reader'>, wanted: (key: Buffer) => boolean): Promise<ReadonlyMap<string, Buffer>> {
  const newest = new Map<string, Buffer>();
  const reader = await log.reader({
    topics: [topics.installs.name],
    from: 'beginning',
    onRecords: (records) => {
      for (const { key, value } of records) {
        if (key === null || !wanted(key)) continue;
        if (value === null) newest.delete(key.toString('utf8'));
        else newest.set(key.toString('utf8'), value);
      }
    },
  });
  try {
    await Promise.race([reader.caughtUp, reader.done]);
  } finally {
    await reader.stop();
  }
  return newest;
}

/** Reads the topic to its end and gives the newest state of an install; undefined where it does not exist or was removed. */
export async function readInstall(log: Pick<EventLog, 'reader'>, codec: Codec, installId: string): Promise<AppInstall | undefined> {
  const key = Buffer.from(installId, 'utf8');
  const [bytes] = (await readNewest(log, (other) => other.equals(key))).values();
  if (bytes === undefined) return undefined;
  await codec.ensure(bytes);
  return codec.decode(RECORD_NAME, bytes);
}

/** Reads the topic to its end and gives the newest state of every install by its id; undefined for a record that no schema reads. */
export async function readInstalls(log: Pick<EventLog, 'reader'>, codec: Codec): Promise<ReadonlyMap<string, AppInstall | undefined>> {
  const installs = new Map<string, AppInstall | undefined>();
  for (const [installId, bytes] of await readNewest(log, () => true)) {
    try {
      await codec.ensure(bytes);
      installs.set(installId, codec.decode(RECORD_NAME, bytes));
    } catch (error) {
      if (!(error instanceof CodecError) || isRegistryAway(error)) throw error;
      installs.set(installId, undefined);
    }
  }
  return installs;
}
