import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Codec, connectCodec } from '@switchboard/contracts';
import { createKafkaLog, type KafkaLog, type LogAdmin } from '@switchboard/event-log';
import { type ServiceName, type Stack, type StackOptions, serviceNames, startStack } from '@switchboard/local-stack';
import { request } from 'undici';
import type { BenchOptions } from './bench.ts';
import { freeStackPorts } from './free-ports.ts';
import { countingOptions } from './requests-sent/read-counts.ts';

export interface BenchStack extends Stack {
  readonly log: KafkaLog;
  readonly admin: LogAdmin;
  readonly codec: Codec;
  /** Where the services tell how many requests they sent to the broker: see `readCounts`. */
  readonly countsDir: string;
  /** Creates an install of the document. */
  install(id: string, document: object): Promise<void>;
}

/**
 * A broker that runs as a long-running one does, a registry, and the services as processes that count their requests to the broker, all
 * in a dedicated temporary directory.
 */
export async function startBenchStack({ profileDir, report }: BenchOptions, options: Partial<StackOptions> = {}): Promise<BenchStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  const countsDir = join(dataDir, 'requests');
  const removeData = () => rm(dataDir, { recursive: true, force: true });
  report('starting Kafka, the registry and the services');
  try {
    await mkdir(countsDir);
    const environment = Object.fromEntries(
      serviceNames.map((name) => [
        name,
        { LOG_LEVEL: 'warn', NODE_OPTIONS: nodeOptions(name, countsDir, profileDir), ...options.environment?.[name] },
      ]),
    );
    const stack = await startStack({
      kafkaBrokers: [],
      schemaRegistryUrl: '',
      longRunning: true,
      ports: await freeStackPorts(),
      ...options,
      dataDir,
      environment,
    });
    const log = createKafkaLog({ brokers: stack.backbone.brokers, clientId: 'switchboard-bench' });
    const admin = await log.admin();
    const codec = await connectCodec({ registryUrl: stack.backbone.registryUrl });
    return {
      ...stack,
      log,
      admin,
      codec,
      countsDir,
      async install(id, document) {
        const response = await request(`${stack.adminUrl}/v1/app-installs/${id}`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${stack.adminToken}`, 'content-type': 'application/json' },
          body: JSON.stringify(document),
        });
        const text = await response.body.text();
        if (response.statusCode !== 201) throw new Error(`The admin API responded ${response.statusCode} to install ${id}: ${text}`);
      },
      async stop() {
        await admin.stop();
        await stack.stop();
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}

function nodeOptions(name: ServiceName, countsDir: string, profileDir: string | undefined): string {
  const profiling = profileDir === undefined ? [] : [`--cpu-prof --cpu-prof-dir=${join(profileDir, name)}`];
  return [countingOptions(countsDir), ...profiling].join(' ');
}
