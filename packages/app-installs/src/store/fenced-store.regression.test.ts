import { createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { createMemoryWriter } from '../testing/memory-writer.ts';
import { createInstallStore } from './install-store.ts';

const request = { requestId: 'r', actor: 'ops', role: 'operator', action: 'install.apply', at: 1 } as const;

async function storeThatIsFenced(times: number) {
  const log = createMemoryLog({ topics: Object.values(topics) });
  const writer = createMemoryWriter(
    await log.appender(),
    Array.from({ length: times }, () => 'ERR_LOG_FENCED' as const),
  );
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const store = createInstallStore({ log, writer, codec: createOfflineCodec(), pause });
  return { pauses, outcome: await store.change('a', request, () => ({ kind: 'write', install: null, result: 'done' })) };
}

it('waits longer and longer before it takes the id again, so that two writers do not fence each other in lockstep', async () => {
  const { pauses, outcome } = await storeThatIsFenced(6);
  expect(outcome).toEqual({ ok: true, result: 'done' });
  const [lowest, highest] = [0.5, 1.5].map((part) => [50, 100, 200, 400, 800, 1_000].map((ms) => ms * part));
  expect(pauses).toHaveLength(6);
  for (const [index, ms] of pauses.entries()) {
    expect(ms).toBeGreaterThanOrEqual(lowest?.[index] ?? Number.NaN);
    expect(ms).toBeLessThanOrEqual(highest?.[index] ?? Number.NaN);
  }
});

it('refuses the change after 8 tries', async () => {
  const { pauses, outcome } = await storeThatIsFenced(8);
  expect(pauses).toHaveLength(7);
  expect(outcome).toMatchObject({ ok: false, problem: { code: 'ERR_ADMIN_UNAVAILABLE' } });
});
