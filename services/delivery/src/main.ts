import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readTokens, watchTokens } from '@switchboard/app-installs';
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
import { startDelivery } from './app.ts';
import { deliveryConfig, readDeliveryConfig } from './config.ts';

const readText = (path: string) => readFileSync(path, 'utf8');
const config = exitOnProblems(readDeliveryConfig());
const tokensText = readText(config.adminTokensFile);
const tokens = readTokens(tokensText);
const { authenticate } = exitOnProblems(
  tokens.ok ? { ok: true, config: tokens } : { ok: false, problems: tokens.problems.map((problem) => `ADMIN_TOKENS_FILE: ${problem}`) },
);
const logger = createLogger({ service: 'delivery', level: config.logLevel });
if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));
logger.info({ config: deliveryConfig.summary(config) }, 'Delivery is starting');
logWarnings(deliveryConfig.warnings(config), logger);

await runService({
  name: 'delivery',
  logger,
  start: async (signal) => {
    const log = createKafkaLog({ ...kafkaConnection(config, readText), clientId: 'switchboard-delivery', logger });
    const metrics = createMetrics('delivery');
    const adminTokens = watchTokens({
      path: config.adminTokensFile,
      text: tokensText,
      authenticate,
      readText: (path) => readFile(path, 'utf8'),
      pollMs: config.adminTokensPollMs,
      logger,
      metrics,
    });
    return startDelivery(config, {
      log,
      connectCodec: () => connectCodec(registryConnection(config)),
      logger,
      metrics,
      authenticate: adminTokens.authenticate,
      signal,
    });
  },
});
