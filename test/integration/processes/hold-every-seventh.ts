import { openKafkaParts } from '../../support/event-log.ts';

// Consumes a topic, finishes all records but every seventh, and reports what it has; its parent kills it.
const [broker, topic, groupId] = process.argv.slice(2) as [string, string, string];
const { log } = openKafkaParts([broker]);
let held = 0;
let finished = 0;
await log.consumer({
  groupId,
  topics: [topic],
  onRecord({ record, done }) {
    if (record.offset % 7n === 3n) {
      held += 1;
    } else {
      finished += 1;
      done();
    }
    process.send?.({ held, finished });
  },
});
