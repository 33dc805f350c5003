import { expect, it } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { disconnectWithin } from './disconnect-within.ts';
import type { Broker } from './internals.ts';

function setUp(disconnect: () => Promise<void>) {
  const clock = createManualClock();
  const destroyed: unknown[] = [];
  const socket = { destroy: (error?: Error) => void destroyed.push(error?.message) };
  const broker = { connectionPool: { pool: [{ socket }, {}] } } as unknown as Broker;
  const done = disconnectWithin({ disconnect, brokerPool: { brokers: { 1: broker }, seedBroker: broker } }, 1_000, clock);
  return { clock, destroyed, done };
}

it.each([() => Promise.resolve(), () => Promise.reject(new Error('away'))])(
  'ends with the disconnection, in whatever way',
  async (disconnect) => {
    const { destroyed, done } = setUp(disconnect);
    await done;
    expect(destroyed).toEqual([]);
  },
);

it('destroys the sockets of brokers that do not respond after 1 s', async () => {
  const { clock, destroyed, done } = setUp(() => new Promise(() => undefined));
  await clock.advance(999);
  expect(destroyed).toEqual([]);
  await clock.advance(1);
  await done;
  expect(destroyed).toEqual(['disconnected', 'disconnected']);
});
