import type { LogRecord, OutRecord } from '@switchboard/event-log';
import type { RecordNormalizer } from '../record-normalizer.ts';

/** What the normalizer makes of the records, one after another. */
export async function normalizeAll(
  { process }: Pick<RecordNormalizer, 'process'>,
  records: readonly LogRecord[],
): Promise<readonly OutRecord[]> {
  const out: OutRecord[] = [];
  for (const record of records) for await (const step of process(record, undefined)) out.push(...step.records);
  return out;
}
