import type { Clock } from '../../clock.ts';
import { pause } from '../../retry.ts';
import type { Entry } from './entry.ts';
import type { Reconnector } from './reconnector.ts';

/** How many partitions each topic has, and the records that wait to learn it. The count of a topic never changes. */
export interface PartitionCounts {
  known(topic: string): number | undefined;
  /** Keeps the record until the count of its topic is known. */
  wait(entry: Entry): void;
  forget(entry: Entry): void;
  /** The topic may be gone: its count is asked for again. */
  doubt(topic: string): void;
  takeAll(): readonly Entry[];
}

const PAUSE_MS = 200;

export function createPartitionCounts(options: {
  readonly connection: Pick<Reconnector, 'session'>;
  readonly clock: Clock;
  readonly onFailure: () => void;
  readonly onPlaced: (entry: Entry, partitions: number) => void;
  readonly onUnknown: (entry: Entry) => void;
}): PartitionCounts {
  const counts = new Map<string, number>();
  const waiting = new Map<string, Set<Entry>>();

  async function learn(topic: string): Promise<void> {
    for (;;) {
      const entries = waiting.get(topic);
      if (entries === undefined || entries.size === 0) break;
      try {
        const session = options.connection.session();
        if (session !== undefined) {
          const count = await session.partitionsOf(topic);
          if (count !== undefined) counts.set(topic, count);
          waiting.delete(topic);
          for (const entry of entries) {
            if (count === undefined) options.onUnknown(entry);
            else options.onPlaced(entry, count);
          }
          return;
        }
      } catch {
        options.onFailure();
      }
      await pause(PAUSE_MS, options.clock);
    }
    waiting.delete(topic);
  }

  return {
    known: (topic) => counts.get(topic),
    wait(entry) {
      const entries = waiting.get(entry.topic);
      if (entries !== undefined) {
        entries.add(entry);
        return;
      }
      waiting.set(entry.topic, new Set([entry]));
      void learn(entry.topic);
    },
    forget(entry) {
      waiting.get(entry.topic)?.delete(entry);
    },
    doubt(topic) {
      counts.delete(topic);
    },
    takeAll() {
      const all = [...waiting.values()].flatMap((entries) => [...entries]);
      for (const entries of waiting.values()) entries.clear();
      return all;
    },
  };
}
