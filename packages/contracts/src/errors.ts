/** Closed list of what can go wrong between records and bytes. */
export type CodecErrorCode =
  /** The bytes do not begin with the registry's framing. */
  | 'ERR_CODEC_FRAMING'
  /** The writer's schema is not cached; `ensure` fetches it. */
  | 'ERR_CODEC_UNKNOWN_SCHEMA'
  /** The bytes or the value do not fit the schema. */
  | 'ERR_CODEC_INVALID'
  /** A schema is not registered: run `switchboard topics apply`. */
  | 'ERR_CODEC_NOT_REGISTERED'
  /** The registry refused a schema: it is not compatible with the versions that are there, or not valid. */
  | 'ERR_CODEC_SCHEMA_REFUSED'
  /** The registry did not answer. */
  | 'ERR_CODEC_REGISTRY_UNAVAILABLE';

export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code: CodecErrorCode;
  /** Id in the framing, where one was read. */
  readonly schemaId: number | undefined;

  constructor(code: CodecErrorCode, message: string, details: { readonly schemaId?: number; readonly cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.schemaId = details.schemaId;
  }
}

/** True for what a registry that comes back mends. */
export function isRegistryAway(error: unknown): boolean {
  return error instanceof CodecError && error.code === 'ERR_CODEC_REGISTRY_UNAVAILABLE';
}
