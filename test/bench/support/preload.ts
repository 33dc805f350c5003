import { type RawNotificationInput, topics, uuidv7 } from '@switchboard/contracts';
import type { LogRecord, OutRecord } from '@switchboard/event-log';
import type { BenchStack } from './bench-stack.ts';

const AT_ONCE = 5_000;

/** Appends records in large batches; throws when one is not acknowledged. */
export async function appendAll(stack: BenchStack, records: readonly OutRecord[]): Promise<void> {
  const appender = await stack.log.appender();
  try {
    for (let from = 0; from < records.length; from += AT_ONCE) {
      const outcomes = await Promise.all(records.slice(from, from + AT_ONCE).map((record) => appender.append(record)));
      for (const outcome of outcomes) if (!outcome.ok) throw new Error(`a record was not appended: ${outcome.code}`);
    }
  } finally {
    await appender.stop();
  }
}

/** Raw records like one that the ingress wrote, each a message in another conversation. */
export function copiesOf(stack: BenchStack, template: LogRecord, count: number): OutRecord[] {
  const raw = stack.codec.decode('switchboard.notifications.v1.RawNotification', template.value ?? Buffer.alloc(0));
  const conversation = raw.routingKey;
  return Array.from({ length: count }, (_, index) => {
    const routingKey = `${conversation}-${index}`;
    const copy: RawNotificationInput = {
      ...raw,
      notificationId: uuidv7(),
      body: Buffer.from(raw.body.toString().replaceAll(conversation, routingKey)),
      routingKey,
      dedupeKey: `${raw.dedupeKey}-${index}`,
    };
    return {
      topic: topics.raw.name,
      key: Buffer.from(routingKey),
      value: stack.codec.encode('switchboard.notifications.v1.RawNotification', copy),
      headers: template.headers,
      timestamp: template.timestamp,
    };
  });
}

/** All records that are in a topic now. */
export async function readAll(stack: BenchStack, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const reader = await stack.log.reader({ topics: [topic], from: 'beginning', onRecords: (more) => void records.push(...more) });
  await reader.caughtUp;
  await reader.stop();
  return records;
}

/** How many records of a topic a group has processed, counted by the offsets of these records. */
export function processedOf(stack: BenchStack, groupId: string, topic: string, records: readonly LogRecord[]): () => Promise<number> {
  const offsets = new Map<number, bigint[]>();
  for (const { partition, offset } of records) {
    const known = offsets.get(partition);
    if (known === undefined) offsets.set(partition, [offset]);
    else known.push(offset);
  }
  return async () => {
    const committed = await stack.admin.committed(groupId, topic);
    return committed.reduce((sum, { partition, offset }) => sum + countBelow(offsets.get(partition) ?? [], offset), 0);
  };
}

/** How many of the sorted offsets lie below one. */
function countBelow(offsets: readonly bigint[], limit: bigint): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] as bigint) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
