import { type Codec, eventTopics, isRegistryAway, topics } from '@switchboard/contracts';
import type { KafkaLog, Processor } from '@switchboard/event-log';
import { keepTrying, type Logger, type Metrics, type RunningService, startHealthServer } from '@switchboard/runtime';
import { sourceById } from '@switchboard/sources';
import manifest from '../package.json' with { type: 'json' };
import type { NormalizerConfig } from './config.ts';
import { countFailed, observeNormalized } from './normalizer-metrics.ts';
import { createRecordNormalizer } from './record-normalizer.ts';
import { createRejectShare } from './reject-share.ts';
import { boundsOf } from './transaction-bounds.ts';

export interface NormalizerParts {
  readonly log: Pick<KafkaLog, 'processor'>;
  readonly connectCodec: () => Promise<Codec>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Ends a start that waits for the registry. */
  readonly signal: AbortSignal;
}

/**
 * Composes the normalizer and starts it: raw notifications in, events or rejected records out, exactly once. Resolves
 * once the registry answered, however long that takes; the processor waits for Kafka by itself.
 */
export async function startNormalizer(config: NormalizerConfig, parts: NormalizerParts): Promise<RunningService> {
  const { log, connectCodec, logger, metrics, signal } = parts;
  const rejectShare = createRejectShare({ limit: config.rejectSharePercent / 100, over: config.rejectShareOver });
  metrics.gauge({
    name: 'normalizer_stopped_by_reject_share',
    help: '1 while the normalizer is stopped because too large a share of the notifications was rejected.',
    read: () => (rejectShare.open ? 1 : 0),
  });
  let processor: Processor | undefined;
  const ready = (): string[] => {
    if (rejectShare.open) return ['too large a share of the notifications was rejected: see notifications.rejected.v1, then restart'];
    if (processor === undefined) return ['the schema registry has not answered yet'];
    return processor.healthy() ? [] : ['the processor has no assignment or does not make progress'];
  };
  const health = await startHealthServer({ host: config.host, port: config.healthPort, ready, metrics });
  try {
    const codec = await keepTrying({ name: 'schema registry', connect: connectCodec, mayPass: isRegistryAway, signal, logger });
    processor = await startProcessor(codec);
  } catch (error) {
    await health.stop();
    throw error;
  }
  const { done } = processor;
  logger.info({ port: health.port, group: config.groupId }, 'Normalizing');

  return {
    done,
    async stop() {
      await processor?.stop();
      await health.stop();
    },
  };

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
