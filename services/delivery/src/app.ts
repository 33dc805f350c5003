import { randomUUID } from 'node:crypto';
import {
  type Authenticate,
  createInstallStore,
  createSecretBox,
  INSTALL_WRITER_ID,
  type InstallView,
  readSecretsKey,
  startInstallView,
} from '@switchboard/app-installs';
import { type Codec, eventTopics, isRegistryAway, retryTopics, topics } from '@switchboard/contracts';
import { isLogAway, type KafkaLog } from '@switchboard/event-log';
import {
  createGuessLimit,
  createLimitedLog,
  keepTrying,
  type Logger,
  type Metrics,
  type RunningService,
  startHealthServer,
  transactionBounds,
} from '@switchboard/runtime';
import { createAddressRule } from '@switchboard/webhooks';
import { type AdminServerOptions, createAdminServer } from './admin/admin-server.ts';
import { createDisableGone } from './admin/disable-gone.ts';
import { observeRefusals } from './admin/refusals.ts';
import type { DeliveryConfig } from './config.ts';
import { createPipeline } from './delivery-pipeline.ts';
import { createFanOut } from './fan-out/fan-out.ts';
import { observeFanOut } from './fan-out/fan-out-metrics.ts';

export interface DeliveryParts {
  readonly log: Pick<KafkaLog, 'admin' | 'appender' | 'consumer' | 'fencedWriter' | 'processor' | 'reader'>;
  readonly connectCodec: () => Promise<Codec>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly authenticate: Authenticate;
  /** Aborts a start that waits for the registry or for Kafka. */
  readonly signal: AbortSignal;
}

/** An attempt ends within 11 s, with the body of its response. With these 2 s and leaving the group, a stop takes less than 15 s. */
const WRITE_AFTER_STOP_MS = 2_000;

/**
 * Composes and starts the delivery service: events to deliveries, deliveries to attempts, and the admin API. Resolves once the
 * registry and Kafka responded; there is no timeout but `signal`.
 */
export async function startDelivery(
  config: DeliveryConfig,
  parts: DeliveryParts,
): Promise<RunningService & { readonly adminPort: number }> {
  const { log, logger, metrics, signal } = parts;
  const now = () => Date.now();
  const key = readSecretsKey(config.secretsKey);
  if (key === undefined) throw new RangeError('SECRETS_KEY must be 32 bytes in base64 or hexadecimal');
  const missing = new Set([
    'the schema registry has not responded yet',
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
  missing.delete('the schema registry has not responded yet');
  const whileAway = { mayPass: isLogAway, signal, logger };
  const view = await readInstalls(parts, codec);
  missing.delete('the app installs are being read');
  metrics.gauge({ name: 'delivery_app_installs', help: 'App installs known.', read: () => view.all().length });

  const admin = await keepTrying({ ...whileAway, name: 'kafka', connect: () => log.admin(), discard: (late) => late.stop() });
  const [appender, writer] = await Promise.all([log.appender(), log.fencedWriter(INSTALL_WRITER_ID)]);
  const box = createSecretBox(key);
  const rule = createAddressRule(config.addressAllow);
  const store = createInstallStore({ log, writer, codec });
  const onGone = createDisableGone({
    store,
    now,
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
    rule,
    onGone,
    mayBegin: () => mayBegin(),
    logger,
    metrics,
  });

  const processor = await startFanOut(config, parts, { view, codec, now });
  const consumer = await keepTrying({
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
    discard: (late) => late.stop({ drainMs: 0 }),
  });
  mayBegin = consumer.mayBegin;
  missing.delete('the consumer and the processor have not started');

  const { server, adminPort } = await startAdmin(config, parts, { view, store, box, rule, now });
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
        // No further record gets done after this, so the consumer may commit now, even if stopping the fan-out fails.
        await consumer.stop({ drainMs: 0 });
      };
      await Promise.all([processor.stop(), server.close(), attemptsEnd()]);
      await Promise.all([appender.stop(), writer.stop(), admin.stop(), view.stop(), httpClient.stop()]);
      await health.stop();
    },
  };
}

/** The view of the app installs, once it has read all of them. */
function readInstalls({ log, signal, logger }: DeliveryParts, codec: Codec): Promise<InstallView> {
  return keepTrying({
    mayPass: isLogAway,
    signal,
    logger,
    name: 'app installs',
    connect: () =>
      startInstallView({
        log,
        codec,
        onUnreadable: ({ partition, offset }, error) =>
          logger.error({ err: error, partition, offset: String(offset) }, 'App install cannot be read, its last state stays in force'),
      }),
    discard: (late) => late.stop(),
  });
}

interface FanOutParts {
  readonly view: InstallView;
  readonly codec: Codec;
  readonly now: () => number;
}

/** Events to pending deliveries. */
function startFanOut(config: DeliveryConfig, { log, metrics, logger }: DeliveryParts, { view, codec, now }: FanOutParts) {
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

type AdminParts = Pick<AdminServerOptions, 'view' | 'store' | 'box' | 'rule' | 'now'>;

/** The admin API, listening. */
async function startAdmin(config: DeliveryConfig, { authenticate, metrics, logger }: DeliveryParts, parts: AdminParts) {
  const monotonic = () => performance.now();
  const server = createAdminServer({
    ...parts,
    newId: randomUUID,
    authenticate,
    guesses: createGuessLimit({ monotonic }),
    newRequestId: randomUUID,
    onRefused: observeRefusals(createLimitedLog({ logger, monotonic }), metrics),
    onChanged: (change) => logger.info({ ...change }, 'App install changed'),
    onError: (error) => logger.error({ err: error }, 'Admin request failed'),
  });
  await server.listen({ host: config.host, port: config.adminPort });
  const address = server.server.address();
  const adminPort = typeof address === 'object' && address !== null ? address.port : config.adminPort;
  return { server, adminPort };
}
