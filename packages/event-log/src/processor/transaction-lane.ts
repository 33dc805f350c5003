import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { TransactionBounds } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import { pause } from '../retry.ts';
import { TransactionError } from '../transaction/transaction-error.ts';
import type { TransactionalProducer } from '../transaction/transactional-producer.ts';
import type { GroupMember } from '../wire/txn-offset-commit.ts';
import { encodeCursor } from './cursor-metadata.ts';
import { createFailureCount } from './failure-count.ts';
import { pauseBeforeNext } from './pacing.ts';
import { type Pack, packTransaction, type Slice } from './pack-transaction.ts';
import type { PartitionInput } from './partition-input.ts';
import { createSignal } from './signal.ts';
import type { TransactionLimit } from './transaction-limit.ts';

export interface TransactionLaneOptions {
  readonly groupId: string;
  readonly bounds: TransactionBounds;
  /** Shared by the lanes of a processor. */
  readonly limit: TransactionLimit;
  /** Awaited between two steps: lets the event loop run. */
  readonly rest: () => Promise<void> | undefined;
  /** Takes the transactional id of the lane. */
  readonly open: () => Promise<TransactionalProducer>;
  /** Another process took the transactional id: `open` must take another one. */
  readonly onFenced: (error: unknown) => void;
  /** The member that owns the inputs; undefined while none is known. */
  readonly member: () => GroupMember | undefined;
  /** Takes the transactional id as soon as there is a member, and settles inputs. */
  readonly settles?: {
    /** Inputs that want an offset. */
    readonly inputs: () => readonly PartitionInput[];
    /** Called before each transaction, with those inputs. */
    readonly settle: (producer: TransactionalProducer, inputs: readonly PartitionInput[], current: () => boolean) => Promise<void>;
  };
  /** Inputs that may be in the next transaction, in the order in which a step that exceeds the bounds is taken. */
  readonly inputs: () => readonly PartitionInput[];
  /** The group has gone on without the member. */
  readonly onNotMember: (member: GroupMember) => void;
  readonly onTimedOut: () => void;
  /** Told of every transaction that was committed. */
  readonly onCommitted: (pack: Pack<PartitionInput>) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}

/** Transactions under one transactional id, one at a time. */
export interface TransactionLane {
  /** There may be something to do. */
  wake(): void;
  /** False after some failures in a row that concern no single partition. */
  healthy(): boolean;
  /** Ends after the transaction that is running. */
  stop(): Promise<void>;
}

export function startTransactionLane(options: TransactionLaneOptions): TransactionLane {
  const { groupId, bounds, limit, clock, logger } = options;
  const signal = createSignal();
  /** Of transactions, and of what comes before one. */
  const [failures, failedStarts] = [createFailureCount(), createFailureCount()];
  let producer: TransactionalProducer | undefined;
  let lastBegan: number | undefined;
  let stopped = false;
  let endPause = (): void => undefined;
  /** Inputs of a failed transaction: what became of it is known once the transactional id has been taken again. */
  let undecided: PartitionInput[] = [];

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await turn();
      } catch (error) {
        discard();
        const { kind, pauseMs } = failedStarts.add(error);
        if (kind === 'fenced') options.onFenced(error);
        logger.warn({ err: error, groupId, retryInMs: pauseMs }, 'No transaction can begin');
        await rest(pauseMs);
      }
    }
    discard();
  }

  async function turn(): Promise<void> {
    const member = options.member();
    if (!wantsTurn(member)) return await signal.wait();
    producer ??= await options.open();
    release();
    if (member !== undefined) await options.settles?.settle(producer, options.settles.inputs(), () => options.member() === member);
    failedStarts.clear();
    if (member === undefined || options.member() !== member || options.inputs().length === 0) return;
    await rest(pauseBeforeNext(clock.now(), lastBegan));
    // Records of several partitions that came in one response are handed over one after the other.
    await nextTurn();
    if (!stopped) await runTransaction(producer, member);
  }

  function wantsTurn(member: GroupMember | undefined): boolean {
    if (undecided.length > 0) return true;
    if (member === undefined) return false;
    const settles = options.settles !== undefined && (producer === undefined || options.settles.inputs().length > 0);
    return settles || options.inputs().length > 0;
  }

  function release(): void {
    for (const input of undecided) {
      input.inTransaction = false;
      input.unsettle();
    }
    undecided = [];
  }

  async function runTransaction(opened: TransactionalProducer, member: GroupMember): Promise<void> {
    lastBegan = clock.now();
    const inputs = options.inputs();
    for (const input of inputs) input.inTransaction = true;
    const pack = await packTransaction(inputs, {
      bounds: { ...bounds, maxRecords: limit.maxRecords() },
      clock,
      rest: options.rest,
      stopped: () => stopped || options.member() !== member,
    });
    const slices = new Set<PartitionInput>(pack.slices.map(({ input }) => input));
    for (const input of inputs) {
      if (!slices.has(input)) input.inTransaction = false;
      if (input.source.peeking()) input.source.peek().then(signal.wake, signal.wake);
    }
    for (const { input, error } of pack.thrown) input.fail(error);
    if (stopped || options.member() !== member) abandon(pack.slices);
    else if (pack.slices.length > 0) await commit(opened, member, pack);
  }

  /** What was packed in an earlier generation is not committed: each input goes by its stable offset. */
  function abandon(slices: readonly Slice<PartitionInput>[]): void {
    for (const { input } of slices) {
      input.inTransaction = false;
      input.unsettle();
    }
  }

  async function commit(opened: TransactionalProducer, member: GroupMember, pack: Pack<PartitionInput>): Promise<void> {
    for (const { input, next } of pack.slices) input.committing(next);
    try {
      await opened.run({
        records: pack.slices.flatMap(({ records }) => records),
        offsets: {
          groupId,
          member,
          positions: pack.slices.map(({ input: { topic, partition }, next: { offset, cursor } }) => ({
            topic,
            partition,
            offset,
            metadata: encodeCursor(cursor),
          })),
        },
      });
    } catch (error) {
      return await failed(error, member, pack);
    }
    for (const { input } of pack.slices) {
      input.inTransaction = false;
      input.committed();
    }
    limit.committed();
    failures.clear();
    options.onCommitted(pack);
    if (opened.spent()) discard();
  }

  /**
   * The producer is replaced: the new one settles what became of the transaction. Where an output partition may be the cause, the inputs
   * are tried one by one, so that only those that write to it wait.
   */
  async function failed(error: unknown, member: GroupMember, { slices, records }: Pack<PartitionInput>): Promise<void> {
    discard();
    const inputs = slices.map(({ input }) => input);
    undecided = inputs;
    const failure = error instanceof TransactionError ? error.failure : 'unknown';
    if (failure === 'timed-out') {
      if (records > 0) limit.timedOut(records);
      options.onTimedOut();
    }
    const details = { records, partitions: inputs.length, nextMaxRecords: limit.maxRecords() };
    switch (failure) {
      case 'not-member':
        logger.warn({ err: error, code: 'ERR_LOG_NOT_MEMBER', groupId, ...member, ...details }, 'The group refused a transaction');
        return options.onNotMember(member);
      case 'fenced':
        return options.onFenced(error);
      default:
        return await repeat(error, inputs, details);
    }
  }

  async function repeat(error: unknown, inputs: readonly PartitionInput[], details: object): Promise<void> {
    const [only] = inputs;
    const atOutput = error instanceof TransactionError && error.atOutput;
    const code = error instanceof TransactionError && error.failure === 'timed-out' ? 'ERR_LOG_TRANSACTION_TIMED_OUT' : undefined;
    for (const input of inputs) input.alone ||= atOutput;
    if (inputs.length === 1 && only !== undefined) return only.failTransaction(error, details);
    const message = code === undefined ? 'A transaction failed' : 'A transaction timed out';
    if (atOutput) return logger.warn({ err: error, code, groupId, ...details }, `${message}; its partitions are tried one by one`);
    const { pauseMs } = failures.add(error);
    logger.warn({ err: error, code, groupId, ...details, retryInMs: pauseMs }, message);
    await rest(pauseMs);
  }

  function discard(): void {
    producer?.close().catch(() => undefined);
    producer = undefined;
  }

  /** A stop ends it. */
  async function rest(ms: number): Promise<void> {
    if (ms <= 0 || stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    endPause = resolve;
    await Promise.race([promise, pause(ms, clock)]);
  }

  const ended = run();
  return {
    wake: signal.wake,
    healthy: () => failures.healthy() && failedStarts.healthy(),
    async stop() {
      stopped = true;
      endPause();
      signal.wake();
      await ended;
    },
  };
}
