import { readFileSync } from 'node:fs';
import { connectCodec } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import {
  createLogger,
  createMetrics,
  exitOnProblems,
  kafkaConnection,
  registryConnection,
  runService,
  trustAuthorities,
} from '@switchboard/runtime';
import { readTokens } from './admin/tokens.ts';
import { startDelivery } from './app.ts';
import { deliveryConfig, readDeliveryConfig } from './config.ts';

const readText = (path: string) => readFileSync(path, 'utf8');
const config = exitOnProblems(readDeliveryConfig());
const tokens = readTokens(readText(config.adminTokensFile));
const { authenticate } = exitOnProblems(
  tokens.ok ? { ok: true, config: tokens } : { ok: false, problems: tokens.problems.map((problem) => `ADMIN_TOKENS_FILE: ${problem}`) },
);
const logger = createLogger({ service: 'delivery', level: config.logLevel });
if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));
logger.info({ config: deliveryConfig.summary(config) }, 'Delivery is starting');

await runService({
  name: 'delivery',
  logger,
  start: async (signal) => {
    const log = createKafkaLog({ ...kafkaConnection(config, readText), clientId: 'switchboard-delivery', logger });
    return startDelivery(config, {
      log,
      connectCodec: () => connectCodec(registryConnection(config)),
      logger,
      metrics: createMetrics('delivery'),
      authenticate,
      signal,
    });
  },
});
