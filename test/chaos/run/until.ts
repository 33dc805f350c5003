import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from './instance.ts';

const LOOK_EVERY_MS = 250;

/** Resolves when the condition holds. Throws after `timeoutMs`. */
export async function until(what: string, timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs / 1_000} s: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

export async function everyoneReady(instances: readonly Instance[]): Promise<boolean> {
  return (await Promise.all(instances.map((instance) => instance.ready()))).every(Boolean);
}
