/** A process that copies an input topic into an output topic and kills itself when it is about to commit for the first time. */
import { createKafkaLog } from '@switchboard/event-log';
import { aroundCommit } from '../../chaos/entries/around-commit.ts';

const [brokers = '', input = '', output = ''] = process.argv.slice(2);
aroundCommit(
  /./,
  () => void process.kill(process.pid, 'SIGKILL'),
  () => undefined,
);
const log = createKafkaLog({ brokers: brokers.split(','), clientId: 'die' });
const processor = await log.processor({
  groupId: input,
  topics: [input],
  outputTopics: [output],
  process: ({ value }) => [{ records: [{ topic: output, key: Buffer.alloc(0), value, partition: 0 }] }],
});
await processor.done;
