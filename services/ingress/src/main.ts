import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { connectCodec, uuidv7 } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import {
  createLogger,
  createMetrics,
  exitOnProblems,
  kafkaConnection,
  logWarnings,
  registryConnection,
  runService,
  trustAuthorities,
} from '@switchboard/runtime';
import { createKeySets } from '@switchboard/source-kit';
import { sources } from '@switchboard/sources';
import { createApp } from './app.ts';
import { environment, ingressConfig, readConfig } from './config.ts';

// Otherwise V8 lets what a flood left behind grow to a multiple of what is in use before it collects it.
setFlagsFromString('--heap-growing-percent=50');

const readText = (path: string) => readFileSync(path, 'utf8');
const config = exitOnProblems(readConfig());
const logger = createLogger({ service: 'ingress', level: config.logLevel });
logger.info({ config: ingressConfig.summary(config) }, 'Configuration read');
logWarnings(ingressConfig.warnings(config), logger);
if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));

const log = createKafkaLog({ ...kafkaConnection(config, readText), clientId: 'switchboard-ingress', logger });
const clock = { now: () => Date.now(), monotonic: () => performance.now(), newId: uuidv7, random: Math.random };

async function start() {
  const app = await createApp(config, {
    ...{ log, logger, sources, environment, readText, ...clock },
    connectCodec: () => connectCodec(registryConnection(config)),
    createKeySets: (report) => createKeySets({ report }),
    metrics: createMetrics('ingress'),
  });
  process.on('SIGHUP', () => void app.reload());
  return app;
}

await runService({ name: 'ingress', logger, start });
