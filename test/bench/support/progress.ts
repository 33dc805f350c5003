import type { Kafka, Service } from '@switchboard/local-stack';
import { pause } from './clock.ts';
import { readUsage, usageOf } from './service-usage.ts';

export interface ProgressOptions {
  readonly service: Service;
  readonly broker: Pick<Kafka, 'pid'> | undefined;
  readonly total: number;
  /** How many of the total are done. */
  readonly done: () => Promise<number>;
  readonly timeoutMs: number;
}

export interface Progress {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  /** CPU seconds of the broker for each; NaN where they are not known. */
  readonly brokerCpuSeconds: number;
  readonly residentBytes: number;
}

const LOOK_EVERY_MS = 200;
/** What is done before, while the process starts and warms up, and after, when less is left than it takes at once, does not count. */
const FROM_SHARE = 0.2;
const TO_SHARE = 0.95;

/** Watches a service work off what is there, and gives its rate between the first fifth and the last twentieth. */
export async function watchProgress({ service, broker, total, done, timeoutMs }: ProgressOptions): Promise<Progress> {
  const deadline = performance.now() + timeoutMs;
  let residentBytes = 0;
  const look = async () => {
    const count = await done();
    const at = performance.now();
    const usage = await readUsage(service);
    residentBytes = Math.max(residentBytes, usage.residentBytes);
    return { count, at, cpuSeconds: usage.cpuSeconds, brokerCpuSeconds: await brokerUsage(broker?.pid()) };
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
  return {
    perSecond: (count * 1_000) / (to.at - from.at),
    perCpuSecond: count / (to.cpuSeconds - from.cpuSeconds),
    brokerCpuSeconds: (to.brokerCpuSeconds - from.brokerCpuSeconds) / count,
    residentBytes,
  };
}

async function brokerUsage(pid: number | undefined): Promise<number> {
  return pid === undefined || process.platform !== 'linux' ? Number.NaN : (await usageOf(pid)).cpuSeconds;
}
