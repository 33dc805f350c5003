import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ProcessorOptions, TransactionBounds } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import type { TransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { createYield } from '../yield-to-loop.ts';
import type { Pack } from './pack-transaction.ts';
import type { PartitionInput } from './partition-input.ts';
import { createSettleInputs } from './settle-inputs.ts';
import { createTransactionLimit } from './transaction-limit.ts';
import { startTransactionLoop, type TransactionLoop } from './transaction-loop.ts';
import type { TransactionLoopOptions } from './transaction-loop-options.ts';

const DEFAULT_BOUNDS: TransactionBounds = { maxRecords: 2_000, maxBytes: 4_194_304, maxAgeMs: 1_000 };

export interface ProcessorLoopsOptions {
  readonly options: Pick<ProcessorOptions, 'groupId' | 'bounds' | 'onTimedOut' | 'instanceId'>;
  readonly slot: string;
  readonly openProducer: (transactionalId: string) => Promise<TransactionalProducer>;
  readonly inputs: () => readonly PartitionInput[];
  readonly member: () => GroupMember | undefined;
  readonly onNotMember: (member: GroupMember) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

/**
 * The transactions of a process: one loop for all of its partitions together, and one for those whose last transaction failed at
 * an output partition, one by one, so that an output partition which does not take records delays only the inputs that write to it.
 */
export function startProcessorLoops(parts: ProcessorLoopsOptions): TransactionLoop {
  const { options, openProducer, inputs, member, clock, logger } = parts;
  const { groupId } = options;
  const bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
  const rest = createYield();
  const limit = createTransactionLimit(bounds.maxRecords);
  const settle = createSettleInputs({ groupId, logger });
  let slot = parts.slot;
  /** A former process of the same slot may have left a transaction open in the loop of single partitions. */
  let leftBehind = options.instanceId ? idOf('alone') : undefined;
  /** Inputs first in the next transaction. */
  let first: readonly PartitionInput[] = [];
  let turn = 0;

  function idOf(loop: 'together' | 'alone'): string {
    return loop === 'together' ? `${groupId}.${slot}` : `${groupId}.${slot}:alone`;
  }

  async function openTogether(): Promise<TransactionalProducer> {
    const producer = await openProducer(idOf('together'));
    try {
      if (leftBehind !== undefined) await producer.fence(leftBehind);
      leftBehind = undefined;
      return producer;
    } catch (error) {
      producer.close().catch(() => undefined);
      throw error;
    }
  }

  function onFenced(error: unknown): void {
    const next = randomUUID();
    const transactionalId = idOf('together');
    const message = 'Transactional id taken by another process, continuing under another one: INSTANCE_ID must be unique';
    logger.warn({ err: error, code: 'ERR_LOG_FENCED', transactionalId, next: `${groupId}.${next}` }, message);
    slot = next;
  }

  /** Each time beginning with another one, for a step that exceeds the bounds is taken from the first only. */
  function inTurn(): readonly PartitionInput[] {
    const ready = inputs().filter((input) => input.ready() && !input.alone);
    const from = ready.length === 0 ? 0 : turn % ready.length;
    return [...new Set([...first.filter((input) => ready.includes(input)), ...ready.slice(from), ...ready.slice(0, from)])];
  }

  const common = {
    groupId,
    bounds,
    limit,
    rest,
    member,
    onFenced,
    onNotMember: parts.onNotMember,
    onTimedOut: () => options.onTimedOut?.(),
    clock,
    logger,
  };
  const together = startTransactionLoop({
    ...common,
    open: openTogether,
    settles: { inputs: () => inputs().filter((input) => input.wantsOffset()), settle },
    inputs: inTurn,
    joins: true,
    onCommitted({ leftOver }: Pack<PartitionInput>) {
      first = leftOver;
      turn += 1;
    },
  });
  const alone = startTransactionLoop({
    ...common,
    open: () => openProducer(idOf('alone')),
    ...triedInTurn(() => inputs().filter((input) => input.ready() && input.alone)),
    joins: false,
    onCommitted({ slices }) {
      for (const { input } of slices) input.alone = false;
      together.wake();
    },
  });

  return {
    wake() {
      together.wake();
      alone.wake();
    },
    healthy: () => together.healthy() && alone.healthy(),
    async stop() {
      await Promise.all([together.stop(), alone.stop()]);
    },
  };
}

/** One of these inputs at a time, the one whose last try is longest ago: a failing one can take as long as its pause. */
function triedInTurn(inputs: () => readonly PartitionInput[]): Pick<TransactionLoopOptions, 'inputs' | 'onBegan'> {
  /** Number of the last try, by input. */
  const triedAt = new WeakMap<PartitionInput, number>();
  let tries = 0;
  const lastTry = (input: PartitionInput): number => triedAt.get(input) ?? 0;
  return {
    inputs: () =>
      inputs()
        .toSorted((one, other) => lastTry(one) - lastTry(other))
        .slice(0, 1),
    onBegan(begun) {
      tries += 1;
      for (const input of begun) triedAt.set(input, tries);
    },
  };
}
