import { expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { createTurns } from './turns.ts';

async function setUp() {
  const clock = createManualClock();
  const turns = createTurns(2, clock);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  for (const name of ['a', 'b', 'c', 'd']) {
    void turns.take().then((end) => {
      began.push(name);
      ends.set(name, end);
    });
  }
  await clock.advance(0);
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await clock.advance(0);
  };
  return { clock, began, end };
}

it('lets two go on and the others in the order in which they asked', async () => {
  const { began, end } = await setUp();
  expect(began).toEqual(['a', 'b']);
  await end('b');
  expect(began).toEqual(['a', 'b', 'c']);
  await end('a');
  expect(began).toEqual(['a', 'b', 'c', 'd']);
});

it('counts a turn that is ended twice once', async () => {
  const { began, end } = await setUp();
  await end('a');
  await end('a');
  expect(began).toEqual(['a', 'b', 'c']);
});

it('goes on without one that takes too long', async () => {
  const { clock, began, end } = await setUp();
  await clock.advance(1_000);
  expect(began).toEqual(['a', 'b', 'c', 'd']);
  await end('a');
  await clock.advance(1_000);
  expect(began).toEqual(['a', 'b', 'c', 'd']);
});
