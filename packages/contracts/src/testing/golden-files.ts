import { readFileSync } from 'node:fs';
import type { RecordName } from '../schema-types.ts';

const root = new URL('../../../../', import.meta.url);

/** A record and the Avro bytes of it, in hexadecimal digits, without the framing. */
export interface GoldenRecord {
  readonly value: never;
  readonly hex: string;
}

/** A record as this build writes it. */
export const goldenRecord = (name: RecordName): GoldenRecord => read(`packages/contracts/golden/records/${name}.json`);

/** A record as a build whose schema was that version of the history, from 1, wrote and read it. */
export const formerRecord = (name: RecordName, version: number): GoldenRecord =>
  read(`packages/contracts/golden/former/${name}.${version}.json`);

/** Every version of the schema of a record, the current one last. */
export const schemaHistory = (name: RecordName): readonly object[] => read(`schemas/history/${name}.json`);

function read<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8'), revive);
}

/** Buffers stand in the golden files as {"base64": …}. */
function revive(_name: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'base64' in value ? Buffer.from(String(value.base64), 'base64') : value;
}
