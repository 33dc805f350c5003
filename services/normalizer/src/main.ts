import { readFileSync } from 'node:fs';
import { connectCodec } from '@switchboard/contracts';
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
import { startNormalizer } from './app.ts';
import { normalizerConfig, readNormalizerConfig } from './config.ts';

const readText = (path: string) => readFileSync(path, 'utf8');
const config = exitOnProblems(readNormalizerConfig());
const logger = createLogger({ service: 'normalizer', level: config.logLevel });
if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));
logger.info({ config: normalizerConfig.summary(config) }, 'Normalizer is starting');
logWarnings(normalizerConfig.warnings(config), logger);

await runService({
  name: 'normalizer',
  logger,
  start: async (signal) => {
    const log = createKafkaLog({ ...kafkaConnection(config, readText), clientId: 'switchboard-normalizer', logger });
    return startNormalizer(config, {
      log,
      connectCodec: () => connectCodec(registryConnection(config)),
      logger,
      metrics: createMetrics('normalizer'),
      signal,
    });
  },
});
