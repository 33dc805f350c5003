import { type Codec, eventTopics, topics } from '@switchboard/contracts';
import type { KafkaLog } from '@switchboard/event-log';
import { type Logger, type Metrics, type RunningService, startHealthServer } from '@switchboard/runtime';
import { sourceById } from '@switchboard/sources';
import { codeVersion } from './code-version.ts';
import type { NormalizerConfig } from './config.ts';
import { observeNormalized } from './normalizer-metrics.ts';
import { createRejectShare } from './reject-share.ts';
import { createSliceNormalizer } from './slice-normalizer.ts';

export interface NormalizerParts {
  readonly log: Pick<KafkaLog, 'processor'>;
  readonly codec: Codec;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Composes the normalizer and starts it: raw notifications in, events or rejected records out, exactly once. */
export async function startNormalizer(config: NormalizerConfig, parts: NormalizerParts): Promise<RunningService> {
  const { log, codec, logger, metrics } = parts;
  const rejectShare = createRejectShare({ limit: config.rejectSharePercent / 100, over: config.rejectShareOver });
  metrics.gauge({
    name: 'normalizer_stopped_by_reject_share',
    help: '1 while the normalizer stands still because too large a share of the notifications was rejected.',
    read: () => (rejectShare.open ? 1 : 0),
  });
  const normalizer = createSliceNormalizer(
    { codec, codeVersion, normalize: (id) => sourceById(id)?.normalize },
    rejectShare,
    observeNormalized(metrics),
  );

  const processor = await log.processor({
    groupId: config.groupId,
    topics: [topics.raw.name],
    outputTopics: [topics.rejected.name, ...eventTopics.map(({ name }) => name)],
    maxSliceRecords: config.maxSliceRecords,
    withoutOffset: config.withoutOffset,
    process: (slice) => normalizer.process(slice),
    onFenced: (at, readBack) => normalizer.onFenced(at, readBack),
  });

  const ready = (): string[] => {
    if (rejectShare.open) return ['too large a share of the notifications was rejected: see notifications.rejected.v1, then restart'];
    return processor.healthy() ? [] : ['the processor has no assignment or does not make progress'];
  };
  const health = await startHealthServer({ host: config.host, port: config.healthPort, ready, metrics });
  logger.info({ port: health.port, group: config.groupId }, 'Normalizing');

  return {
    done: processor.done,
    async stop() {
      await processor.stop();
      await health.stop();
    },
  };
}
