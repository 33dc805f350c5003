import { readFileSync } from 'node:fs';
import { type Codec, connectCodec } from '@switchboard/contracts';
import { createKafkaLog, type KafkaLog } from '@switchboard/event-log';
import { kafkaConnection, registryConnection } from '@switchboard/runtime';
import type { CliConfig } from './config.ts';

/** The log under the name of this tool. */
export function openLog(config: CliConfig): KafkaLog {
  return createKafkaLog({ ...kafkaConnection(config, (path) => readFileSync(path, 'utf8')), clientId: 'switchboard-cli' });
}

// Who typed a command would rather wait than be told that a busy machine is slow.
const REGISTRY_TIMEOUT_MS = 10_000;

export function openCodec(config: CliConfig): Promise<Codec> {
  return connectCodec({ ...registryConnection(config), timeoutMs: REGISTRY_TIMEOUT_MS });
}
