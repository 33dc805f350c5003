/** A process that copies an input topic into an output topic, exactly once, until it is killed. */
import { createKafkaLog } from '@switchboard/event-log';

const [brokers = '', input = '', output = ''] = process.argv.slice(2);
const log = createKafkaLog({ brokers: brokers.split(','), clientId: 'copy' });
const processor = await log.processor({
  groupId: input,
  topics: [input],
  outputTopics: [output],
  bounds: { maxRecords: 20 },
  process: ({ key, value }) => [{ records: [{ topic: output, key: key ?? Buffer.alloc(0), value }] }],
});
await processor.done;
