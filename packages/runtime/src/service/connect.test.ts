import { describe, expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { connectInBackground } from './connect.ts';

const settings = { name: 'test', logger: silentLogger, signal: new AbortController().signal, minDelayMs: 1, maxDelayMs: 2 };

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
    expect([await connecting.connected, connecting.current()]).toEqual([4, 4]);
    await connecting.stop();
    expect(closed).toEqual([4]);
  });

  it('closes a connection that is made after the stop, and tries no further one', async () => {
    const late = Promise.withResolvers<string>();
    const closed: string[] = [];
    const connecting = connectInBackground({ ...settings, connect: () => late.promise, close: async (value) => void closed.push(value) });
    await connecting.stop();
    late.resolve('late');
    await expect.poll(() => closed).toEqual(['late']);
    expect(connecting.current()).toBeUndefined();
    await expect(connecting.connected).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails at once where waiting does not help', async () => {
    const failure = new Error('the schema is not registered');
    const connecting = connectInBackground({ ...settings, connect: () => Promise.reject(failure), mayPass: () => false });
    await expect(connecting.connected).rejects.toBe(failure);
  });

  it('ends with the reason of the signal', async () => {
    const end = new AbortController();
    const connecting = connectInBackground({ ...settings, signal: end.signal, connect: () => Promise.reject(new Error('away')) });
    end.abort(new Error('ended'));
    await expect(connecting.connected).rejects.toThrow('ended');
  });
});
