import { randomUUID } from 'node:crypto';
import { topics } from '@switchboard/contracts';
import type { BenchOptions, Row } from '../support/bench.ts';
import { type BenchStack, startBenchStack } from '../support/bench-stack.ts';
import { pause } from '../support/clock.ts';
import { createInstallWriter, type InstallWriter } from '../support/installs.ts';
import { startWorker, type Worker } from '../support/rpc.ts';
import { skipToEnd } from '../support/skip-to-end.ts';
import type { Table } from '../support/table.ts';
import type { ReceiverCalls } from '../workers/receiver.ts';

/** A part of the section. */
export interface FanOutPart {
  readonly table: Table;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  readonly missed: boolean;
}

/** A stack whose delivery service is stopped, with two endpoints and a writer of installs. */
export interface FanOutRig {
  readonly stack: BenchStack;
  readonly installs: InstallWriter;
  readonly receiver: Worker<ReceiverCalls>;
  /** URLs of the endpoints 0 and 1. */
  readonly endpoints: readonly string[];
  /** Stops the delivery, which will not attempt what is pending now: it would take the time of the next measurement. */
  stopDelivery(): Promise<void>;
  stop(): Promise<void>;
}

const GROUP = 'switchboard.fan-out';
const SETTLE_TIMEOUT_MS = 300_000;

export async function startFanOutRig(options: BenchOptions): Promise<FanOutRig> {
  const installs = createInstallWriter();
  const environment = { delivery: { SECRETS_KEY: installs.secretsKey } };
  const stack = await startBenchStack(options, { services: ['delivery'], environment });
  const receiver = startWorker<ReceiverCalls>('receiver');
  try {
    const ports = await receiver.call('listen', { certificate: await stack.authority.issue(), endpoints: 2 });
    await stack.services.delivery.stop();
    return {
      stack,
      installs,
      receiver,
      endpoints: ports.map((port) => `https://127.0.0.1:${port}/webhook`),
      async stopDelivery() {
        await stack.services.delivery.stop();
        await skipToEnd(stack, 'switchboard.delivery', topics.pending.name);
        await receiver.call('take', null);
      },
      async stop() {
        await receiver.stop();
        await stack.stop();
      },
    };
  } catch (error) {
    await receiver.stop();
    await stack.stop();
    throw error;
  }
}

export const newTenant = (): string => randomUUID();

/** Waits until the fan-out has committed everything that is in the topic of the events. */
export async function fannedOut({ admin }: BenchStack): Promise<void> {
  const { name } = topics.messaging;
  for (const deadline = performance.now() + SETTLE_TIMEOUT_MS; ; await pause(100)) {
    const [ends, committed] = await Promise.all([admin.endOffsets(name), admin.committed(GROUP, name)]);
    const at = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    if (ends.every(({ partition, offset }) => offset === 0n || (at.get(partition) ?? 0n) >= offset)) return;
    if (performance.now() > deadline) throw new Error(`the fan-out did not commit all events in ${SETTLE_TIMEOUT_MS} ms`);
  }
}
