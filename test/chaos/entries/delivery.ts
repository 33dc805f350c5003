/** The delivery service, which kills itself where CRASH_AT says. */
import { readFileSync } from 'node:fs';
import { readTokens } from '@switchboard/app-installs';
import { type Codec, connectCodec, retryTopics, topics } from '@switchboard/contracts';
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
import { startDelivery } from '../../../services/delivery/src/app.ts';
import { readDeliveryConfig } from '../../../services/delivery/src/config.ts';
import { aroundCommit } from './around-commit.ts';
import { crashAt } from './crash-at.ts';
import { createOpenRecords } from './open-records.ts';
import { type AppendHooks, wrapAppenders } from './wrap-appender.ts';

const DELIVERY_ATTEMPT = 'switchboard.deliveries.v1.DeliveryAttempt';

const pass = crashAt(process.env.CRASH_AT);
const openRecords = createOpenRecords();
let isContinued = false;
aroundCommit(
  /^switchboard\.fan-out\./,
  () => {
    isContinued = openRecords.some();
    pass('fan-out-before-commit');
    if (isContinued) pass('continued-fan-out-before-commit');
  },
  () => {
    pass('fan-out-after-commit');
    if (isContinued) pass('continued-fan-out-after-commit');
  },
);
const readText = (path: string) => readFileSync(path, 'utf8');
const config = exitOnProblems(readDeliveryConfig());
const tokens = exitOnProblems(asOutcome(readTokens(readText(config.adminTokensFile))));
if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));
const logger = createLogger({ service: 'delivery', level: config.logLevel });
const retryTopicNames = retryTopics.map(({ name }) => name);

await runService({
  name: 'delivery',
  logger,
  start: async (signal) => {
    let codec: Codec | undefined;
    const outcomeIn = (value: Buffer | null) => (value === null ? undefined : codec?.decode(DELIVERY_ATTEMPT, value));
    const kafkaLog = createKafkaLog({ ...kafkaConnection(config, readText), clientId: 'switchboard-delivery', logger });
    const processor: typeof kafkaLog.processor = (options) =>
      kafkaLog.processor({ ...options, process: openRecords.around(options.process) });
    const hooks: AppendHooks = {
      before({ topic, value }) {
        if (topic === topics.outcomes.name && outcomeIn(value)?.outcome === 'delivered') pass('after-200-before-outcome');
      },
      after({ topic, value }, { ok }) {
        if (!ok) return;
        if (topic === topics.outcomes.name) pass(outcomeIn(value)?.terminal ? 'after-outcome-before-commit' : 'after-outcome-before-retry');
        if (topic === topics.dead.name) pass('after-dead-before-outcome');
        if (retryTopicNames.includes(topic)) pass('after-retry-append');
      },
    };
    const log = { ...wrapAppenders(kafkaLog, hooks), processor };
    const { authenticate } = tokens;
    const metrics = createMetrics('delivery');
    const connect = async () => {
      codec = await connectCodec(registryConnection(config));
      return codec;
    };
    return startDelivery(config, { log, connectCodec: connect, logger, metrics, authenticate, signal });
  },
});

function asOutcome(read: ReturnType<typeof readTokens>) {
  return read.ok ? ({ ok: true, config: read } as const) : ({ ok: false, problems: read.problems } as const);
}
