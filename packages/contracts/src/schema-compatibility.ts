import avro, { type Schema } from 'avsc';

interface NamedSchema {
  readonly namespace?: string;
  readonly name: string;
}

/** Throws, naming record and version, unless `current` reads every earlier version and every earlier version reads it (FULL_TRANSITIVE). */
export function assertFullyCompatible(current: NamedSchema, versions: readonly NamedSchema[]): void {
  const currentType = avro.Type.forSchema(current as Schema);
  for (const [index, version] of versions.entries()) {
    const earlierType = avro.Type.forSchema(version as Schema);
    for (const [reader, writer, words] of [
      [currentType, earlierType, 'cannot read'],
      [earlierType, currentType, 'cannot be read by'],
    ] as const) {
      try {
        reader.createResolver(writer);
      } catch (error) {
        throw new Error(`${current.namespace}.${current.name} ${words} version ${index + 1} of its history: ${String(error)}`);
      }
    }
  }
}
