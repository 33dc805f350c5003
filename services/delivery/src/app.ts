import { randomUUID } from 'node:crypto';
import { createSecretBox, readSecretsKey, startInstallView } from '@switchboard/app-installs';
import { type Codec, eventTopics, isRegistryAway, retryTopics, topics } from '@switchboard/contracts';
import { isLogAway, type KafkaLog } from '@switchboard/event-log';
import { keepTrying, type Logger, type Metrics, type RunningService, startHealthServer, transactionBounds } from '@switchboard/runtime';
import { createAdminServer } from './admin/admin-server.ts';
import { createDisableGone } from './admin/disable-gone.ts';
import { createInstallStore } from './admin/install-store.ts';
import type { Caller } from './admin/tokens.ts';
import { createAddressRule } from './attempts/address-rule.ts';
import type { DeliveryConfig } from './config.ts';
import { createPipeline } from './delivery-pipeline.ts';
import { createFanOut } from './fan-out/fan-out.ts';
import { observeFanOut } from './fan-out/fan-out-metrics.ts';

export interface DeliveryParts {
  readonly log: Pick<KafkaLog, 'admin' | 'appender' | 'consumer' | 'fencedWriter' | 'processor' | 'reader'>;
  readonly connectCodec: () => Promise<Codec>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly authenticate: (authorization: string | undefined) => Caller | undefined;
  /** Ends a start that waits for the registry or for Kafka. */
  readonly signal: AbortSignal;
}

const ADMIN_WRITER = 'app-installs-admin';
/** An attempt ends within 11 s, its answer's body included: with this, and leaving the group, the 15 s of a stop are enough. */
const WRITE_AFTER_STOP_MS = 2_000;

/**
 * Composes the delivery service and starts it: events to deliveries, deliveries to attempts, and the admin API. Resolves
 * once the registry and Kafka answered, however long that takes.
 */
export async function startDelivery(
  config: DeliveryConfig,
  parts: DeliveryParts,
): Promise<RunningService & { readonly adminPort: number }> {
  const { log, logger, metrics, signal } = parts;
  const now = () => Date.now();
  const key = readSecretsKey(config.secretsKey);
  if (key === undefined) throw new RangeError('SECRETS_KEY is no key');
  const missing = new Set([
    'the schema registry has not answered yet',
    'the app installs are being read',
    'the consumer and the processor have not started',
  ]);
  let checks = (): readonly string[] => [];
  const ready = () => [...missing, ...checks()];
  const health = await startHealthServer({ host: config.host, port: config.healthPort, ready, metrics });

  const codec = await keepTrying({
    name: 'schema registry',
    connect: parts.connectCodec,
    mayPass: isRegistryAway,
    signal,
    logger,
  });
  missing.delete('the schema registry has not answered yet');
  const whileAway = { mayPass: isLogAway, signal, logger };
  const view = await keepTrying({
    ...whileAway,
    name: 'app installs',
    connect: () =>
      startInstallView({
        log,
        codec,
        onUnreadable: ({ partition, offset }, error) =>
          logger.error({ err: error, partition, offset: String(offset) }, 'an app install cannot be read: its last state stays'),
      }),
    discard: (late) => late.stop(),
  });
  missing.delete('the app installs are being read');
  metrics.gauge({ name: 'delivery_app_installs', help: 'App installs known.', read: () => view.all().length });

  const admin = await keepTrying({ ...whileAway, name: 'kafka', connect: () => log.admin(), discard: (late) => late.stop() });
  const [appender, writer] = await Promise.all([log.appender(), log.fencedWriter(ADMIN_WRITER)]);
  const box = createSecretBox(key);
  const rule = createAddressRule(config.addressAllow);
  const store = createInstallStore({ log, writer, codec });
  const onGone = createDisableGone({
    store,
    now,
    onDisabled: (installId, eventType) => logger.warn({ installId, eventType }, 'the webhook answered 410 and is disabled'),
    onFailed: (installId, eventType, cause) => logger.error({ err: cause, installId, eventType }, 'the webhook could not be disabled'),
  });
  let mayBegin = (): boolean => true;
  const { dispatcher, sender, route } = createPipeline(config, {
    log,
    admin,
    appender,
    codec,
    view,
    box,
    rule,
    onGone,
    mayBegin: () => mayBegin(),
    logger,
    metrics,
  });

  const { onTakenOver, onTimedOut, ...observer } = observeFanOut(metrics, logger);
  const fanOut = createFanOut({ view, codec, now, ...observer });
  const processor = await log.processor({
    groupId: config.fanOutGroup,
    topics: eventTopics.map(({ name }) => name),
    outputTopics: [topics.pending.name],
    withoutOffset: config.withoutOffset,
    process: fanOut.process,
    bounds: transactionBounds(config),
    onTakenOver,
    onTimedOut,
  });
  const consumer = await keepTrying({
    ...whileAway,
    name: 'delivery topics',
    connect: () =>
      log.consumer({
        groupId: config.deliveryGroup,
        topics: [topics.pending.name, ...retryTopics.map(({ name }) => name)],
        maxOpenPerPartition: config.openPerPartition,
        dueAt: (record) => route.dueAt(record, now()),
        onRecord: dispatcher.onRecord,
        onLost: dispatcher.onLost,
      }),
    discard: (late) => late.stop({ drainMs: 0 }),
  });
  mayBegin = consumer.mayBegin;
  missing.delete('the consumer and the processor have not started');

  const server = createAdminServer({
    view,
    store,
    box,
    rule,
    now,
    newId: randomUUID,
    authenticate: parts.authenticate,
    onChanged: (change) => logger.info({ ...change }, 'an app install was changed'),
    onError: (error) => logger.error({ err: error }, 'the admin API failed'),
  });
  await server.listen({ host: config.host, port: config.adminPort });
  const address = server.server.address();
  const adminPort = typeof address === 'object' && address !== null ? address.port : config.adminPort;
  logger.info({ adminPort, healthPort: health.port, groups: [config.fanOutGroup, config.deliveryGroup] }, 'Delivering');

  checks = () => [
    ...(consumer.healthy() ? [] : ['the consumer has no assignment or does not make progress']),
    ...(processor.healthy() ? [] : ['the fan-out has no assignment or does not make progress']),
    ...(appender.available() ? [] : ['Kafka does not take records']),
  ];

  return {
    adminPort,
    done: Promise.all([view.done, processor.done, consumer.done]).then(() => undefined),
    async stop() {
      missing.add('the service is stopping');
      const attemptsEnd = async (): Promise<void> => {
        await dispatcher.stop(WRITE_AFTER_STOP_MS);
        // Nothing more becomes done: what is done now is committed, whatever becomes of the fan-out.
        await consumer.stop({ drainMs: 0 });
      };
      await Promise.all([processor.stop(), server.close(), attemptsEnd()]);
      await Promise.all([appender.stop(), writer.stop(), admin.stop(), view.stop(), sender.stop()]);
      await health.stop();
    },
  };
}
