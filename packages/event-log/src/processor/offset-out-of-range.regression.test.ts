import { expect, it } from 'vitest';
import type { KafkaClient } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import type { OffsetRange } from '../reader/offset-range.ts';
import { startPosition } from './start-position.ts';
import { createFakeGroupLog } from './testing/fake-group-log.ts';
import { record, setUpProcessing } from './testing/processing-rig.ts';

// Former versions committed -2, as kafkajs does, in place of an offset that a broker no longer has. Taken for no offset at all, the
// partition begins again at the beginning, and what is still there is processed a second time.

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

/** An input whose committed offset, 5, is outside of the offsets that the log has. */
async function setUpOutOfRange(range: OffsetRange, startWithoutOffset: (lost: boolean) => Promise<bigint>) {
  const rig = setUpProcessing({ startWithoutOffset });
  rig.commit(rig.at(), 5n);
  rig.input().begin(5n);
  rig.input().outOfRange(range);
  expect(rig.input().readTo()).toBe(range.start);
  rig.input().offer([record(Number(range.start))]);
  await rig.clock.advance(100);
  return rig;
}

it.each<[string, OffsetRange]>([
  ['retention has passed the offset', { start: 8n, end: 10n }],
  ['another log is under the name of the topic', { start: 0n, end: 3n }],
])('ends the processor when %s', async (_what, range) => {
  const { seen, state } = await setUpOutOfRange(range, (lost) => startPosition(noClient, options, partition, lost));
  expect([state.output, seen.fatal]).toEqual([[], [expect.objectContaining({ code: 'ERR_LOG_OFFSETS_LOST' })]]);
});

it.each<[string, OffsetRange]>([
  ['retention has passed the offset', { start: 8n, end: 10n }],
  ['another log is under the name of the topic', { start: 0n, end: 3n }],
])('continues at the log start offset, if that was decided, when %s', async (_what, range) => {
  const { seen, state, committed } = await setUpOutOfRange(range, async () => range.start);
  expect([state.output, seen.fatal, committed()]).toEqual([[`v${range.start}`], [], range.start + 1n]);
});

it('continues at the log start offset when retention passes a process that reads too slowly', async () => {
  const { clock, input, state, committed } = setUpProcessing();
  input().offer([record(0)]);
  await clock.advance(100);
  input().outOfRange({ start: 8n, end: 10n });
  input().offer([record(8)]);
  await clock.advance(100);
  expect([state.output, committed()]).toEqual([['v0', 'v8'], 9n]);
});
