import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaLog } from '../../../packages/event-log/src/kafka-log.ts';

export interface Counters {
  /** Numbers whose write was acknowledged. */
  readonly counted: readonly number[];
  /** How often each code ended a run. */
  readonly refused: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Fenced writers under one id, each of which reads how many records the topic holds and writes the next number. */
export function startCounters(log: KafkaLog, options: { readonly topic: string; readonly writers: number }): Counters {
  const { topic } = options;
  const counted: number[] = [];
  const refused = new Map<string, number>();
  let stopping = false;

  async function recordsInTopic(): Promise<number> {
    let records = 0;
    const reader = await log.reader({
      topics: [topic],
      from: 'beginning',
      onRecords: (some) => {
        records += some.length;
      },
    });
    await reader.caughtUp.finally(() => reader.stop());
    return records;
  }

  async function count(): Promise<void> {
    const writer = await log.fencedWriter(topic);
    while (!stopping) {
      let next = 0;
      const outcome = await writer
        .run(async () => {
          next = (await recordsInTopic()) + 1;
          return [{ topic, key: Buffer.from('counter'), value: Buffer.from(`${next}`) }];
        })
        .catch(() => ({ ok: false, code: 'no decision' }) as const);
      if (outcome.ok) counted.push(next);
      else refused.set(outcome.code, (refused.get(outcome.code) ?? 0) + 1);
      // Who lost waits longer, so that the other comes to an end.
      await delay(randomInt(outcome.ok ? 150 : 800));
    }
    await writer.stop();
  }

  const counting = Promise.all(Array.from({ length: options.writers }, count));
  return {
    counted,
    refused,
    async stop() {
      stopping = true;
      await counting;
    },
  };
}
