import { setTimeout as delay } from 'node:timers/promises';
import { type Codec, isRegistryAway } from '@switchboard/contracts';

/**
 * Loads the schema of a record. Waits while the registry is away, as for Kafka: skipping the record would lose it. Rejects if
 * the registry does not know the schema, and when `signal` aborts.
 */
export async function ensureSchema(codec: Pick<Codec, 'ensure'>, value: Buffer, retryMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await codec.ensure(value);
    } catch (error) {
      if (!isRegistryAway(error)) throw error;
      await delay(retryMs, undefined, { signal, ref: false });
    }
  }
}
