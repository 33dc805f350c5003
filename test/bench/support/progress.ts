import type { Service } from '@switchboard/local-stack';
import { pause } from './clock.ts';
import { readUsage } from './service-usage.ts';

export interface ProgressOptions {
  readonly service: Service;
  readonly total: number;
  /** How many of the total are done. */
  readonly done: () => Promise<number>;
  readonly timeoutMs: number;
}

export interface Progress {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  readonly residentBytes: number;
}

const LOOK_EVERY_MS = 200;
/** What is done before, while the process starts and warms up, and after, when less is left than it takes at once, does not count. */
const FROM_SHARE = 0.2;
const TO_SHARE = 0.95;

/** Watches a service work off what is there, and gives its rate between the first fifth and the last twentieth. */
export async function watchProgress({ service, total, done, timeoutMs }: ProgressOptions): Promise<Progress> {
  const deadline = performance.now() + timeoutMs;
  let residentBytes = 0;
  const look = async () => {
    const count = await done();
    const at = performance.now();
    const usage = await readUsage(service);
    residentBytes = Math.max(residentBytes, usage.residentBytes);
    return { count, at, cpuSeconds: usage.cpuSeconds };
  };
  const until = async (count: number) => {
    for (;;) {
      const seen = await look();
      if (seen.count >= count) return seen;
      if (performance.now() > deadline) throw new Error(`the ${service.name} did ${seen.count} of ${total} in ${timeoutMs} ms`);
      await pause(LOOK_EVERY_MS);
    }
  };
  const from = await until(total * FROM_SHARE);
  const to = await until(total * TO_SHARE);
  const count = to.count - from.count;
  return { perSecond: (count * 1_000) / (to.at - from.at), perCpuSecond: count / (to.cpuSeconds - from.cpuSeconds), residentBytes };
}
