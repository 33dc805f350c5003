import { describe, expect, it } from 'vitest';
import { keepTrying } from './keep-trying.ts';
import { silentLogger } from './logger.ts';

const settings = { name: 'test', logger: silentLogger, minDelayMs: 1, maxDelayMs: 2 };

describe('keepTrying', () => {
  it('tries until it succeeds', async () => {
    let attempts = 0;
    const connect = async () => {
      attempts += 1;
      if (attempts < 4) throw new Error('not yet');
      return attempts;
    };
    expect(await keepTrying({ ...settings, connect, signal: new AbortController().signal })).toBe(4);
  });

  it('rejects with a failure that mayPass does not admit, without another attempt', async () => {
    let attempts = 0;
    const connect = async () => {
      attempts += 1;
      throw new TypeError(`failure ${attempts}`);
    };
    const mayPass = (error: unknown) => error instanceof Error && error.message !== 'failure 2';
    await expect(keepTrying({ ...settings, connect, mayPass, signal: new AbortController().signal })).rejects.toThrow('failure 2');
    expect(attempts).toBe(2);
  });

  it('rejects at once while an attempt hangs, and closes a value that it connects later', async () => {
    const late = Promise.withResolvers<string>();
    const discarded = Promise.withResolvers<string>();
    const end = new AbortController();
    const trying = keepTrying({
      ...settings,
      connect: () => late.promise,
      discard: async (value) => discarded.resolve(value),
      signal: end.signal,
    });
    end.abort(new Error('stopping'));
    await expect(trying).rejects.toThrow('stopping');
    late.resolve('late');
    expect(await discarded.promise).toBe('late');
  });

  it('rejects at once in a pause', async () => {
    const end = new AbortController();
    const failed = Promise.withResolvers<void>();
    const connect = async () => {
      failed.resolve();
      throw new Error('away');
    };
    const trying = keepTrying({ ...settings, minDelayMs: 600_000, maxDelayMs: 600_000, connect, signal: end.signal });
    await failed.promise;
    setImmediate(() => end.abort(new Error('stopping')));
    await expect(trying).rejects.toThrow('stopping');
  });
});
