import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Codec, connectCodec } from '@switchboard/contracts';
import { createKafkaLog, type KafkaLog, type LogAdmin } from '@switchboard/event-log';
import { type ServiceName, type Stack, type StackOptions, serviceNames, startStack } from '@switchboard/local-stack';
import { request } from 'undici';
import type { BenchOptions } from './bench.ts';
import { freeStackPorts } from './free-ports.ts';

export interface BenchStack extends Stack {
  readonly log: KafkaLog;
  readonly admin: LogAdmin;
  readonly codec: Codec;
  /** Creates an install of the document. */
  install(id: string, document: object): Promise<void>;
}

/** A broker and a registry of its own, and the services as processes, in a directory that goes with them. */
export async function startBenchStack({ profileDir, report }: BenchOptions, options: Partial<StackOptions> = {}): Promise<BenchStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  const removeData = () => rm(dataDir, { recursive: true, force: true });
  report('starting Kafka, the registry and the services');
  try {
    const environment = Object.fromEntries(
      serviceNames.map((name) => [name, { LOG_LEVEL: 'warn', ...profiling(name, profileDir), ...options.environment?.[name] }]),
    );
    const stack = await startStack({
      kafkaBrokers: [],
      schemaRegistryUrl: '',
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
      async install(id, document) {
        const answer = await request(`${stack.adminUrl}/v1/app-installs/${id}`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${stack.adminToken}`, 'content-type': 'application/json' },
          body: JSON.stringify(document),
        });
        const text = await answer.body.text();
        if (answer.statusCode !== 201) throw new Error(`install ${id} was answered ${answer.statusCode}: ${text}`);
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

function profiling(name: ServiceName, profileDir: string | undefined): Record<string, string> {
  if (profileDir === undefined) return {};
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(profileDir, name)}` };
}
