import { silentLogger } from '@switchboard/runtime';
import { describe, expect, it } from 'vitest';
import { connectInBackground } from './connect.ts';
import { until } from './testing/start-ingress.ts';

const settings = { name: 'test', logger: silentLogger, minDelayMs: 1, maxDelayMs: 2 };

describe('connectInBackground', () => {
  it('tries until it succeeds, and closes what it connected', async () => {
    let attempts = 0;
    const closed: number[] = [];
    const connecting = connectInBackground({
      ...settings,
      connect: async () => {
        attempts += 1;
        if (attempts < 4) throw new Error('not yet');
        return attempts;
      },
      close: async (value) => void closed.push(value),
    });
    expect(connecting.current()).toBeUndefined();
    await until(() => connecting.current() !== undefined);
    expect(connecting.current()).toBe(4);
    await connecting.stop();
    expect(closed).toEqual([4]);
  });

  it('closes a connection that is made after the stop, and tries no further one', async () => {
    const late = Promise.withResolvers<string>();
    const closed: string[] = [];
    const connecting = connectInBackground({ ...settings, connect: () => late.promise, close: async (value) => void closed.push(value) });
    await connecting.stop();
    late.resolve('late');
    await until(() => closed.length > 0);
    expect([closed, connecting.current()]).toEqual([['late'], undefined]);
  });
});
