import type { Consumer as KafkajsConsumer } from 'kafkajs';
import type { FetchControl } from './ownership.ts';

/**
 * The fetching of a kafkajs consumer, which throws while it restarts; the next join begins anew anyway. While it stops
 * nothing is resumed: what is fetched then would only be fetched again.
 */
export function createFetchControl(consumer: KafkajsConsumer, stopping: () => boolean): FetchControl {
  const quietly = (act: () => void): void => {
    try {
      act();
    } catch {
      // No group at the moment.
    }
  };
  return {
    pause: ({ topic, partition }) => quietly(() => consumer.pause([{ topic, partitions: [partition] }])),
    resume: ({ topic, partition }) => {
      if (!stopping()) quietly(() => consumer.resume([{ topic, partitions: [partition] }]));
    },
    seek: ({ topic, partition, offset }) => quietly(() => consumer.seek({ topic, partition, offset: String(offset) })),
    resumeAll: () => {
      if (!stopping()) quietly(() => consumer.resume(consumer.paused()));
    },
  };
}
