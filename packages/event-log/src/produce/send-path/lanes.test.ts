import { describe, expect, it } from 'vitest';
import { createLanes } from './lanes.ts';

describe('createLanes', () => {
  it('runs work of one key after each other, in order, and of others at once', async () => {
    const lanes = createLanes();
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = lanes.run(['a'], async () => {
      steps.push('first');
      await gate.promise;
    });
    const second = lanes.run(['a', 'b'], async () => void steps.push('second'));
    const other = lanes.run(['c'], async () => void steps.push('other'));
    const third = lanes.run(['b'], async () => void steps.push('third'));
    await other;
    expect(steps).toEqual(['first', 'other']);
    gate.resolve();
    await Promise.all([first, second, third]);
    expect(steps).toEqual(['first', 'other', 'second', 'third']);
  });

  it('gives a key to the next as soon as the work lets go of it', async () => {
    const lanes = createLanes();
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = lanes.run(['a', 'b'], async (release) => {
      release('b');
      release('b');
      await gate.promise;
      steps.push('first');
    });
    const second = lanes.run(['b'], async () => void steps.push('second'));
    const third = lanes.run(['b'], async () => void steps.push('third'));
    const fourth = lanes.run(['a', 'b'], async () => void steps.push('fourth'));
    await Promise.all([second, third]);
    expect(steps).toEqual(['second', 'third']);
    gate.resolve();
    await Promise.all([first, fourth]);
    expect(steps).toEqual(['second', 'third', 'first', 'fourth']);
  });

  it('goes on after work that failed', async () => {
    const lanes = createLanes();
    const failing = lanes.run(['a'], async () => Promise.reject(new Error('no')));
    const next = lanes.run(['a'], async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('done');
  });
});
