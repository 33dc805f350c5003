import type { Resolver, Type } from 'avsc';
import { CodecError } from './errors.ts';
import type { RecordInputs, RecordTypes } from './generated/records.ts';
import { isRecordName, parseSchema, type RecordName, recordType, schemaFingerprint } from './schema-types.ts';

const FRAMING_BYTES = 5;
const FIRST_BUFFER_BYTES = 4096;

export type DecodedRecord = { readonly [N in RecordName]: { readonly name: N; readonly value: RecordTypes[N] } }[RecordName];

/**
 * Records to bytes and back in the registry's wire format: byte 0, schema id as 32-bit big-endian, Avro.
 * Synchronous; throws CodecError.
 */
export interface Codec {
  encode<N extends RecordName>(name: N, value: RecordInputs[N]): Buffer;
  /** Reads with this build's schema whatever version the bytes were written with. */
  decode<N extends RecordName>(name: N, bytes: Buffer): RecordTypes[N];
  decodeAny(bytes: Buffer): DecodedRecord;
  /** Fetches the writer's schema when it is not cached; rejects while it cannot be had. Afterwards `decode` does not fail with ERR_CODEC_UNKNOWN_SCHEMA. */
  ensure(bytes: Buffer): Promise<void>;
  /** Id that `encode` writes for a record. */
  schemaId(name: RecordName): number;
  fingerprint(name: RecordName): string;
}

/** Where schema ids and writer schemas come from. */
export interface SchemaLookup {
  /** Id of this build's schema of each record. */
  readonly ids: ReadonlyMap<RecordName, number>;
  /** The schema (parsed JSON) of an id; rejects with CodecError. */
  fetch(schemaId: number): Promise<unknown>;
}

interface Writer {
  readonly name: RecordName;
  /** Absent where the writer's schema is this build's. */
  readonly resolver: Resolver | undefined;
}

export function createCodec(lookup: SchemaLookup): Codec {
  // A schema that this build cannot read stays so: its error is kept, and the record is poison.
  const writers = new Map<number, Writer | CodecError>();
  for (const [name, id] of lookup.ids) writers.set(id, { name, resolver: undefined });
  let scratch = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);

  function writerOf(bytes: Buffer): Writer {
    const schemaId = readSchemaId(bytes);
    const writer = writers.get(schemaId);
    if (writer === undefined) throw new CodecError('ERR_CODEC_UNKNOWN_SCHEMA', `schema id ${schemaId} is not cached`, { schemaId });
    if (writer instanceof CodecError) throw writer;
    return writer;
  }

  function read(writer: Writer, bytes: Buffer): unknown {
    try {
      return recordType(writer.name).fromBuffer(bytes.subarray(FRAMING_BYTES), writer.resolver);
    } catch (cause) {
      throw new CodecError('ERR_CODEC_INVALID', `bytes do not hold a ${writer.name}`, { schemaId: readSchemaId(bytes), cause });
    }
  }

  function schemaId(name: RecordName): number {
    const id = lookup.ids.get(name);
    if (id === undefined) throw new CodecError('ERR_CODEC_NOT_REGISTERED', `no schema id is known for ${name}`);
    return id;
  }

  return {
    encode(name, value) {
      const type = recordType(name);
      const id = schemaId(name);
      const end = writeAvro(type, name, value);
      scratch.writeUInt8(0, 0);
      scratch.writeInt32BE(id, 1);
      return Buffer.from(scratch.subarray(0, end));
    },
    decode(name, bytes) {
      const writer = writerOf(bytes);
      if (writer.name !== name)
        throw new CodecError('ERR_CODEC_INVALID', `bytes hold a ${writer.name}, not a ${name}`, { schemaId: readSchemaId(bytes) });
      return read(writer, bytes) as RecordTypes[typeof name];
    },
    decodeAny(bytes) {
      const writer = writerOf(bytes);
      return { name: writer.name, value: read(writer, bytes) } as DecodedRecord;
    },
    async ensure(bytes) {
      const id = readSchemaId(bytes);
      if (writers.has(id)) return;
      const schema = await lookup.fetch(id);
      writers.set(id, resolve(id, schema));
    },
    schemaId,
    fingerprint: schemaFingerprint,
  };

  /** Writes behind the framing into the scratch buffer, growing it as needed; returns the end. */
  function writeAvro(type: Type, name: RecordName, value: unknown): number {
    try {
      let end = type.encode(value, scratch, FRAMING_BYTES);
      if (end < 0) {
        scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
        end = type.encode(value, scratch, FRAMING_BYTES);
      }
      return end;
    } catch (cause) {
      throw new CodecError('ERR_CODEC_INVALID', `the value is not a ${name}: ${describeMisfit(type, value)}`, { cause });
    }
  }
}

/** Schema id in the framing; throws ERR_CODEC_FRAMING. */
export function readSchemaId(bytes: Buffer): number {
  if (bytes.length <= FRAMING_BYTES || bytes[0] !== 0) {
    throw new CodecError('ERR_CODEC_FRAMING', `${bytes.length} bytes that do not begin with the registry's framing`);
  }
  return bytes.readInt32BE(1);
}

function resolve(schemaId: number, schema: unknown): Writer | CodecError {
  try {
    const type = parseSchema(schema);
    const name = type.name ?? '';
    if (!isRecordName(name))
      throw new CodecError('ERR_CODEC_INVALID', `schema id ${schemaId} is of the unknown record ${name}`, { schemaId });
    return { name, resolver: recordType(name).createResolver(type) };
  } catch (cause) {
    return new CodecError('ERR_CODEC_INVALID', `schema id ${schemaId} cannot be read by this build`, { schemaId, cause });
  }
}

/** Names members and their types, never values: they may be secret. */
function describeMisfit(type: Type, value: unknown): string {
  const misfits: string[] = [];
  type.isValid(value, {
    errorHook: (path, part, expected) => {
      misfits.push(`${path.join('.')} must be ${expected.toString()}, is ${part === null ? 'null' : typeof part}`);
    },
  });
  return misfits.slice(0, 5).join('; ');
}
