import { type Codec, createCodec } from './codec.ts';
import { CodecError } from './errors.ts';
import { type RecordName, recordNames } from './schema-types.ts';

/** A codec without a registry, with ids 1, 2, … in the order of the record names: for unit tests and tools that read no foreign bytes. */
export function createOfflineCodec(): Codec {
  const ids = new Map<RecordName, number>(recordNames.map((name, index) => [name, index + 1]));
  return createCodec({
    ids,
    fetch: async (schemaId) => {
      throw new CodecError('ERR_CODEC_UNKNOWN_SCHEMA', `schema id ${schemaId} is unknown without a registry`, { schemaId });
    },
  });
}
