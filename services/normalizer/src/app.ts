import { type Codec, eventTopics, isRegistryAway, topics } from '@switchboard/contracts';
import type { KafkaLog, Processor } from '@switchboard/event-log';
import type { RunningService, ServiceContext } from '@switchboard/runtime';
import { sourceById } from '@switchboard/sources';
import manifest from '../package.json' with { type: 'json' };
import type { NormalizerConfig } from './config.ts';
import { countFailed, observeNormalized } from './normalizer-metrics.ts';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { boundsOf } from './transaction-bounds.ts';

type NormalizerContext = ServiceContext<NormalizerConfig, Pick<KafkaLog, 'processor'>, Codec>;

/**
 * Composes the normalizer and starts it: raw notifications in, events or rejected records out, exactly once. Resolves
 * once the registry responded, however long that takes; the processor waits for Kafka by itself.
 */
export async function startNormalizer(context: NormalizerContext): Promise<RunningService> {
  const { config, log, logger, metrics, readiness } = context;
  const rejectShare = createRejectShare({ limit: config.rejectSharePercent / 100, over: config.rejectShareOver });
  metrics.gauge({
    name: 'normalizer_stopped_by_reject_share',
    help: '1 while the normalizer is stopped because too large a share of the notifications was rejected.',
    read: () => (rejectShare.open ? 1 : 0),
  });
  readiness.require(() =>
    rejectShare.open ? ['too large a share of the notifications was rejected: see notifications.rejected.v1, then restart'] : [],
  );
  const codec = await context.connect({ name: 'schema registry', connect: context.connectRegistry, mayPass: isRegistryAway }).connected;
  const processor = await startProcessor(codec);
  readiness.require(() => (processor.healthy() ? [] : ['the processor has no assignment or does not make progress']));
  logger.info({ port: context.healthPort, group: config.groupId }, 'Normalizing');
  return { done: processor.done, stop: () => processor.stop() };

  function startProcessor(codec: Codec): Promise<Processor> {
    const normalizer = createRecordNormalizer(
      { codec, codeVersion: manifest.version, normalize: (id) => sourceById(id)?.normalize },
      rejectShare,
      observeNormalized(metrics),
    );
    return log.processor({
      groupId: config.groupId,
      topics: [topics.raw.name],
      outputTopics: [topics.rejected.name, ...eventTopics.map(({ name }) => name)],
      instanceId: config.instanceId,
      bounds: boundsOf(config, (fields, message) => logger.warn(fields, message)),
      withoutOffset: config.withoutOffset,
      process: normalizer.process,
      onFenced: normalizer.onFenced,
      ...countFailed(metrics),
    });
  }
}
