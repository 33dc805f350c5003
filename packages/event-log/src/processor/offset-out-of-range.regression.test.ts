import { expect, it } from 'vitest';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import { startPosition } from './start-position.ts';
import { createFakeGroupLog } from './testing/fake-group-log.ts';
import { record, setUpProcessing } from './testing/processing-rig.ts';

// kafkajs commits -2 in place of an offset that a broker no longer has. Taken for no offset at all, the partition begins again at
// the beginning, and what is still there is processed a second time.

const partition = { topic: 'in', partition: 3 };
const options = { groupId: 'g', topics: ['in'], outputTopics: ['out'] };
const noClient = {} as KafkaClient;

function setUp(startWithoutOffset: (lost: boolean) => Promise<bigint>) {
  const log = createFakeGroupLog();
  const output: bigint[] = [];
  const rig = setUpProcessing({
    log: {
      ...log,
      open: async (transactionalId) => ({
        ...(await log.open(transactionalId)),
        offsets: async (_groupId, asked) => new Map(asked.map(() => ['in/3', 'lost'])),
      }),
    },
    process: ({ offset }) => {
      output.push(offset);
      return [];
    },
    startWithoutOffset,
  });
  rig.input().offer([record(0)]);
  return { clock: rig.clock, state: { output, fatal: rig.seen.fatal } };
}

it('ends the processor when the offset of a partition was lost', async () => {
  const { clock, state } = setUp((lost) => startPosition(noClient, options, partition, lost));
  await clock.advance(100);
  expect(state.fatal).toEqual([expect.any(LogError)]);
  expect(state).toMatchObject({ output: [], fatal: [{ code: 'ERR_LOG_OFFSETS_LOST' }] });
});

it('begins where it was decided to', async () => {
  const { clock, state } = setUp(async (lost) => (lost ? 0n : 9n));
  await clock.advance(0);
  expect(state).toMatchObject({ output: [0n], fatal: [] });
});
