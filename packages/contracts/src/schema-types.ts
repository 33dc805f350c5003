import { createHash } from 'node:crypto';
import avro, { type Schema, type Type } from 'avsc';
import type { RecordTypes } from './generated/records.ts';
import { schemaTexts } from './generated/schemas.ts';

export type RecordName = keyof RecordTypes;

export const recordNames = Object.keys(schemaTexts) as readonly RecordName[];

const types = new Map<RecordName, Type>();

/** The reader type of a record, as this build knows it. */
export function recordType(name: RecordName): Type {
  let type = types.get(name);
  if (type === undefined) {
    type = parseSchema(JSON.parse(schemaTexts[name]));
    types.set(name, type);
  }
  return type;
}

/** Unions are unwrapped: a member is null or its value. */
export function parseSchema(schema: unknown): Type {
  return avro.Type.forSchema(schema as Schema, { wrapUnions: 'auto' });
}

const fingerprints = new Map<RecordName, string>();

/** First 16 hexadecimal digits of the SHA-256 of the schema's parsing canonical form. */
export function schemaFingerprint(name: RecordName): string {
  let fingerprint = fingerprints.get(name);
  if (fingerprint === undefined) {
    fingerprint = createHash('sha256')
      .update(JSON.stringify(recordType(name).schema()))
      .digest('hex')
      .slice(0, 16);
    fingerprints.set(name, fingerprint);
  }
  return fingerprint;
}

export function isRecordName(name: string): name is RecordName {
  return Object.hasOwn(schemaTexts, name);
}
