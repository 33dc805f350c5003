import { measureEventsPerInstalls } from './fanout/cost-per-event.ts';
import { measureManyEvents } from './fanout/many-events.ts';
import { measureOneLargeEvent } from './fanout/one-large-event.ts';
import { startFanOutRig } from './fanout/rig.ts';
import type { Bench } from './support/bench.ts';

/** What an event costs by the number of installs, and what a large fan-out does to memory, event loop and other partitions. */
export const fanoutBench: Bench = {
  name: 'fanout',
  title: 'Fan-out to many installs',
  profiled: 'delivery',
  async run(options) {
    const rig = await startFanOutRig(options);
    try {
      const parts = [
        await measureEventsPerInstalls(options, rig),
        await measureManyEvents(options, rig),
        await measureOneLargeEvent(options, rig),
      ];
      return {
        tables: parts.map(({ table }) => table),
        rows: parts.flatMap(({ rows }) => rows),
        notes: parts.flatMap(({ notes }) => notes),
        ...(parts.some(({ missed }) => missed) ? { missed: 'delivery' as const } : {}),
      };
    } finally {
      await rig.stop();
    }
  },
};
