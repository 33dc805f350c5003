import { assertFullyCompatible } from '../schema-compatibility.ts';
import type { AvroRecord } from './avro-schema.ts';

/**
 * The history of a record's schema with its current text as the last version.
 * Throws when the current text cannot read every earlier version and be read by it.
 */
export function extendHistory(historyText: string, current: AvroRecord): string {
  const versions: AvroRecord[] = JSON.parse(historyText);
  assertFullyCompatible(current, versions);
  if (JSON.stringify(versions.at(-1)) !== JSON.stringify(current)) versions.push(current);
  return `${JSON.stringify(versions, null, 2)}\n`;
}
