/** A process that fans events out to 1,000 installs in transactions of 100 records, until it is killed. */
import { createKafkaLog } from '@switchboard/event-log';
import { fanOutInto, installsOf } from '../../support/fan-out-rig.ts';

const [brokers = '', input = '', output = ''] = process.argv.slice(2);
const log = createKafkaLog({ brokers: brokers.split(','), clientId: 'fan-out' });
const processor = await log.processor({
  groupId: input,
  topics: [input],
  outputTopics: [output],
  bounds: { maxRecords: 100 },
  process: fanOutInto(output, installsOf(1_000, 'app')),
});
await processor.done;
