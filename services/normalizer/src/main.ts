import { readFileSync } from 'node:fs';
import { connectCodec } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { createLogger, createMetrics, exitOnProblems, kafkaConnection, registryConnection, runService } from '@switchboard/runtime';
import { startNormalizer } from './app.ts';
import { normalizerConfig, readNormalizerConfig } from './config.ts';

const config = exitOnProblems(readNormalizerConfig());
const logger = createLogger({ service: 'normalizer', level: config.logLevel });
logger.info({ config: normalizerConfig.summary(config) }, 'Normalizer is starting');

await runService({
  name: 'normalizer',
  logger,
  start: async (signal) => {
    const connection = kafkaConnection(config, (path) => readFileSync(path, 'utf8'));
    const log = createKafkaLog({ ...connection, clientId: 'switchboard-normalizer', logger });
    return startNormalizer(config, {
      log,
      connectCodec: () => connectCodec(registryConnection(config)),
      logger,
      metrics: createMetrics('normalizer'),
      signal,
    });
  },
});
