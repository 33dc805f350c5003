import { describe, expect, it } from 'vitest';
import { createKeyedMutex } from './keyed-mutex.ts';

describe('createKeyedMutex', () => {
  it('runs work with the same key one after another, in order, and other work at once', async () => {
    const mutex = createKeyedMutex();
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = mutex.run(['a'], async () => {
      steps.push('first');
      await gate.promise;
    });
    const second = mutex.run(['a', 'b'], async () => void steps.push('second'));
    const other = mutex.run(['c'], async () => void steps.push('other'));
    const third = mutex.run(['b'], async () => void steps.push('third'));
    await other;
    expect(steps).toEqual(['first', 'other']);
    gate.resolve();
    await Promise.all([first, second, third]);
    expect(steps).toEqual(['first', 'other', 'second', 'third']);
  });

  it('gives a key to the next work as soon as it is released', async () => {
    const mutex = createKeyedMutex();
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = mutex.run(['a', 'b'], async (release) => {
      release('b');
      release('b');
      await gate.promise;
      steps.push('first');
    });
    const second = mutex.run(['b'], async () => void steps.push('second'));
    const third = mutex.run(['b'], async () => void steps.push('third'));
    const fourth = mutex.run(['a', 'b'], async () => void steps.push('fourth'));
    await Promise.all([second, third]);
    expect(steps).toEqual(['second', 'third']);
    gate.resolve();
    await Promise.all([first, fourth]);
    expect(steps).toEqual(['second', 'third', 'first', 'fourth']);
  });

  it('runs the next work after one that failed', async () => {
    const mutex = createKeyedMutex();
    const failing = mutex.run(['a'], async () => Promise.reject(new Error('no')));
    const next = mutex.run(['a'], async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
  });
});
