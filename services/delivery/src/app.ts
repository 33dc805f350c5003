import { randomUUID } from 'node:crypto';
import {
  connectInstallView,
  createInstallOpener,
  createInstallStore,
  createSecretBox,
  INSTALL_WRITER_ID,
  type InstallView,
} from '@switchboard/app-installs';
import { type Codec, eventTopics, isRegistryAway, retryTopics, topics } from '@switchboard/contracts';
import { isLogAway, type KafkaLog } from '@switchboard/event-log';
import { type RunningService, type ServiceContext, transactionBounds } from '@switchboard/runtime';
import { createAddressRule } from '@switchboard/webhooks';
import { createDisableGone } from './attempts/disable-gone.ts';
import type { DeliveryConfig } from './config.ts';
import { createPipeline } from './delivery-pipeline.ts';
import { createFanOut } from './fan-out/fan-out.ts';
import { observeFanOut } from './fan-out/fan-out-metrics.ts';

export type DeliveryLog = Pick<KafkaLog, 'admin' | 'appender' | 'consumer' | 'fencedWriter' | 'processor' | 'reader'>;
export type DeliveryContext = ServiceContext<DeliveryConfig, DeliveryLog, Codec>;

/** An attempt ends within 11 s, with the body of its response. With these 2 s and leaving the group, a stop takes less than 15 s. */
const WRITE_AFTER_STOP_MS = 2_000;

/**
 * Composes and starts the delivery service: events to deliveries, and deliveries to attempts. Resolves once the
 * registry and Kafka responded; there is no timeout but the signal of the context.
 */
export async function startDelivery(context: DeliveryContext): Promise<RunningService> {
  const { config, log, logger, metrics, readiness, connect } = context;
  const now = () => Date.now();
  const box = createSecretBox(...config.secretsKeys);

  const codec = await connect({ name: 'schema registry', connect: context.connectRegistry, mayPass: isRegistryAway }).connected;
  const view = await connectInstallView(context, codec).connected;
  metrics.gauge({ name: 'delivery_app_installs', help: 'App installs known.', read: () => view.all().length });

  const whileAway = { mayPass: isLogAway };
  const admin = await connect({ ...whileAway, name: 'kafka', connect: () => log.admin(), close: (late) => late.stop() }).connected;
  const [appender, writer] = await Promise.all([log.appender(), log.fencedWriter(INSTALL_WRITER_ID)]);
  const onGone = createDisableGone({
    store: createInstallStore({ log, writer, codec }),
    opener: createInstallOpener(box),
    now,
    newId: randomUUID,
    onDisabled: (installId, eventType) => logger.warn({ installId, eventType }, 'Webhook disabled after status 410'),
    onFailed: (installId, eventType, cause) => logger.error({ err: cause, installId, eventType }, 'Webhook could not be disabled'),
  });
  let mayBegin = (): boolean => true;
  const { dispatcher, httpClient, route } = createPipeline(config, {
    log,
    admin,
    appender,
    codec,
    view,
    box,
    rule: createAddressRule(config.addressAllow),
    onGone,
    mayBegin: () => mayBegin(),
    logger,
    metrics,
  });

  const processor = await startFanOut(context, { view, codec, now });
  const consumer = await connect({
    ...whileAway,
    name: 'delivery topics',
    connect: () =>
      log.consumer({
        groupId: config.deliveryGroup,
        instanceId: config.instanceId,
        topics: [topics.pending.name, ...retryTopics.map(({ name }) => name)],
        maxOpenPerPartition: config.openPerPartition,
        dueAt: (record) => route.dueAt(record, now()),
        onRecord: dispatcher.onRecord,
        onLost: dispatcher.onLost,
      }),
    close: (late) => late.stop({ drainMs: 0 }),
  }).connected;
  mayBegin = consumer.mayBegin;

  logger.info({ healthPort: context.healthPort, groups: [config.fanOutGroup, config.deliveryGroup] }, 'Delivering');

  readiness.require(() => [
    ...(consumer.healthy() ? [] : ['the consumer has no assignment or does not make progress']),
    ...(processor.healthy() ? [] : ['the fan-out has no assignment or does not make progress']),
    ...(appender.available() ? [] : ['Kafka does not take records']),
  ]);

  return {
    done: Promise.all([view.done, processor.done, consumer.done]).then(() => undefined),
    async stop() {
      const attemptsEnd = async (): Promise<void> => {
        await dispatcher.stop(WRITE_AFTER_STOP_MS);
        // No further record gets done after this, so the consumer may commit now, even if stopping the fan-out fails.
        await consumer.stop({ drainMs: 0 });
      };
      await Promise.all([processor.stop(), attemptsEnd()]);
      await Promise.all([appender.stop(), writer.stop(), admin.stop(), view.stop(), httpClient.stop()]);
    },
  };
}

interface FanOutParts {
  readonly view: InstallView;
  readonly codec: Codec;
  readonly now: () => number;
}

/** Events to pending deliveries. */
function startFanOut({ config, log, metrics, logger }: DeliveryContext, { view, codec, now }: FanOutParts) {
  const { onTakenOver, onTimedOut, ...observer } = observeFanOut(metrics, logger);
  const fanOut = createFanOut({ view, codec, now, ...observer });
  return log.processor({
    groupId: config.fanOutGroup,
    topics: eventTopics.map(({ name }) => name),
    outputTopics: [topics.pending.name],
    withoutOffset: config.withoutOffset,
    process: fanOut.process,
    instanceId: config.instanceId,
    bounds: transactionBounds(config),
    onTakenOver,
    onTimedOut,
  });
}
