/** The delivery service, which kills itself where CRASH_AT says. */
import { type Codec, connectCodec, retryTopics, topics } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { startService } from '@switchboard/runtime';
import { startDelivery } from '../../../services/delivery/src/app.ts';
import { deliveryConfig, environment } from '../../../services/delivery/src/config.ts';
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
const retryTopicNames = retryTopics.map(({ name }) => name);
let codec: Codec | undefined;
const outcomeIn = (value: Buffer | null) => (value === null ? undefined : codec?.decode(DELIVERY_ATTEMPT, value));
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

await startService({
  name: 'delivery',
  config: deliveryConfig,
  environment,
  openLog: (options) => {
    const log = createKafkaLog(options);
    const processor: typeof log.processor = (given) => log.processor({ ...given, process: openRecords.around(given.process) });
    return { ...wrapAppenders(log, hooks), processor };
  },
  connectRegistry: async (connection) => {
    codec = await connectCodec(connection);
    return codec;
  },
  start: startDelivery,
});
