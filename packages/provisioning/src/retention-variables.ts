import { type Topic, topics, topicsWith } from '@switchboard/contracts';
import type { ConfigOf, Variables } from '@switchboard/runtime';

const HOUR_MS = 3_600_000;

const retention = { type: 'duration', unlimited: true, min: HOUR_MS } as const;

/** How long records are kept, for every process that creates topics. */
export const retentionVariables = {
  retentionRaw: { ...retention, name: 'RETENTION_RAW', default: topics.raw.retentionMs, doc: 'How long raw notifications are kept.' },
  retentionRejected: {
    ...retention,
    name: 'RETENTION_REJECTED',
    default: topics.rejected.retentionMs,
    doc: 'How long records of rejected notifications are kept.',
  },
  retentionEvents: { ...retention, name: 'RETENTION_EVENTS', default: topics.messaging.retentionMs, doc: 'How long events are kept.' },
  retentionDead: { ...retention, name: 'RETENTION_DEAD', default: topics.dead.retentionMs, doc: 'How long dead letters are kept.' },
  retentionOutcomes: {
    ...retention,
    name: 'RETENTION_OUTCOMES',
    default: topics.outcomes.retentionMs,
    doc: 'How long attempts and outcomes of deliveries are kept.',
  },
} as const satisfies Variables;

/** Every topic, with the retention that the configuration chooses. */
export function declaredTopics(config: ConfigOf<typeof retentionVariables>): readonly Topic[] {
  return topicsWith({
    raw: config.retentionRaw,
    rejected: config.retentionRejected,
    events: config.retentionEvents,
    dead: config.retentionDead,
    outcomes: config.retentionOutcomes,
  });
}
