import { createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { startFollower } from './follow.ts';

const LONG_MS = 900_000_000;

// What became of a request that was refused never comes: its wait kept the process alive for the rest of its time.
it('a follower that is stopped waits for nothing any more', async () => {
  const follower = await startFollower(createMemoryLog({ topics: Object.values(topics) }), createOfflineCodec());
  const followed = follower.follow('ucwa', Buffer.from('refused'), () => {}, LONG_MS);
  await follower.stop();
  expect(await followed).toBe(false);
});
