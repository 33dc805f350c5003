import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Type } from 'avsc';
import { type Codec, createCodec } from './codec.ts';
import { CodecError } from './errors.ts';
import { schemaTexts } from './generated/schemas.ts';
import { createRegistryApi, REGISTER_TIMEOUT_MS, type RegistryOptions, requireCompatibility } from './registry-api.ts';
import { registryDeadline } from './registry-deadline.ts';
import { type RecordName, recordNames } from './schema-types.ts';

const LOOKUP_TIMEOUT_MS = 2_000;
const RETRY = { maxRetryTimeInSecs: 2, initialRetryTimeInSecs: 0.1, retries: 3 };

/**
 * A codec whose ids come from the registry, for the named records or all. Rejects with ERR_CODEC_NOT_REGISTERED when a schema
 * of this build is not there, with ERR_CODEC_REGISTRY_UNAVAILABLE when the registry does not respond.
 */
export async function connectCodec(options: RegistryOptions, names: readonly RecordName[] = recordNames): Promise<Codec> {
  const registry = createRegistry(options, options.timeoutMs ?? LOOKUP_TIMEOUT_MS);
  const ids = await Promise.all(names.map(async (name) => [name, await registeredId(registry, name)] as const));
  return createCodec({
    ids: new Map(ids),
    fetch: async (schemaId) => {
      try {
        const schema = await registry.getSchema(schemaId);
        return (schema as Type).schema({ exportAttrs: true });
      } catch (cause) {
        const missing = statusOf(cause) === 404;
        throw new CodecError(
          missing ? 'ERR_CODEC_UNKNOWN_SCHEMA' : 'ERR_CODEC_REGISTRY_UNAVAILABLE',
          `schema id ${schemaId}: ${messageOf(cause)}`,
          { schemaId, cause },
        );
      }
    },
  });
}

/** Registers every schema under its full name with FULL_TRANSITIVE compatibility; a schema that is there keeps its id. */
export async function registerSchemas(options: RegistryOptions): Promise<ReadonlyMap<RecordName, number>> {
  const timeoutMs = options.timeoutMs ?? REGISTER_TIMEOUT_MS;
  const registry = createRegistry(options, timeoutMs);
  const api = createRegistryApi({ ...options, timeoutMs });
  const ids = new Map<RecordName, number>();
  for (const name of recordNames) {
    try {
      // A registration cut short leaves a subject without its rule, and the client then refuses the subject from then on.
      await requireCompatibility(api, name, 'FULL_TRANSITIVE');
      const registered = await registry.register(
        { type: SchemaType.AVRO, schema: schemaTexts[name] },
        { subject: name, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
      );
      ids.set(name, registered.id);
    } catch (cause) {
      throw registryError(cause, `subject ${name}`);
    }
  }
  return ids;
}

function createRegistry({ registryUrl, auth }: RegistryOptions, timeoutMs: number): SchemaRegistry {
  return new SchemaRegistry({
    host: registryUrl,
    retry: RETRY,
    middlewares: [registryDeadline(timeoutMs)],
    ...(auth === undefined ? {} : { auth }),
  });
}

async function registeredId(registry: SchemaRegistry, name: RecordName): Promise<number> {
  try {
    return await registry.getRegistryIdBySchema(name, { type: SchemaType.AVRO, schema: schemaTexts[name] });
  } catch (cause) {
    throw registryError(cause, `subject ${name}`);
  }
}

function registryError(cause: unknown, what: string): CodecError {
  const status = statusOf(cause);
  const code =
    status === 404 || /not registered|not found/i.test(messageOf(cause)) ? 'ERR_CODEC_NOT_REGISTERED' : 'ERR_CODEC_REGISTRY_UNAVAILABLE';
  const advice = code === 'ERR_CODEC_NOT_REGISTERED' ? ' (run `switchboard topics apply`)' : '';
  return new CodecError(code, `${what}: ${messageOf(cause)}${advice}`, { cause });
}

function statusOf(cause: unknown): number | undefined {
  return typeof cause === 'object' && cause !== null && 'status' in cause && typeof cause.status === 'number' ? cause.status : undefined;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
