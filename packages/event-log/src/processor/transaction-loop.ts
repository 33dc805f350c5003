import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Position } from '../log.ts';
import { pauseBeforeNext } from '../pacing.ts';
import { TransactionError } from '../produce/transaction/transaction-error.ts';
import type { TransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import { pause } from '../retry.ts';
import type { GroupMember } from '../wire/group-member.ts';
import { encodeCursor } from './cursor-metadata.ts';
import { createFailureCount } from './failure-count.ts';
import { type Pack, packTransaction, type Slice } from './pack-transaction.ts';
import type { PartitionInput } from './partition-input.ts';
import { createSignal } from './signal.ts';
import type { TransactionLoopOptions } from './transaction-loop-options.ts';

/** Least time between the starts of two transactions, milliseconds. */
const TRANSACTION_INTERVAL_MS = 17;

/** Transactions under one transactional id, one at a time. */
export interface TransactionLoop {
  /** There may be something to do. */
  wake(): void;
  /** False after some failures in a row that concern no single partition. */
  healthy(): boolean;
  /** Ends after the transaction that is running. */
  stop(): Promise<void>;
}

export function startTransactionLoop(options: TransactionLoopOptions): TransactionLoop {
  return new Loop(options);
}

class Loop implements TransactionLoop {
  readonly #options: TransactionLoopOptions;
  readonly #signal = createSignal();
  readonly #failures = createFailureCount();
  /** Of what precedes a transaction. */
  readonly #failedStarts = createFailureCount();
  readonly #ended: Promise<void>;
  #producer: TransactionalProducer | undefined;
  #lastBegan: number | undefined;
  #stopped = false;
  #endPause = (): void => undefined;
  /** Inputs of a failed transaction: what became of it is known once the transactional id has been taken again. */
  #undecided: readonly PartitionInput[] = [];
  /** Inputs of the transaction that is running: they are released whatever ends it. */
  #taken: readonly PartitionInput[] = [];

  constructor(options: TransactionLoopOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  wake(): void {
    this.#signal.wake();
  }

  healthy(): boolean {
    return this.#failures.healthy() && this.#failedStarts.healthy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endPause();
    this.#signal.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    // The options may need what is made with the loop.
    await Promise.resolve();
    while (!this.#stopped) {
      try {
        await this.#turn();
      } catch (error) {
        this.#discard();
        this.#undecided = [...new Set([...this.#undecided, ...this.#taken])].filter((input) => input.inTransaction);
        this.#taken = [];
        const { kind, pauseMs } = this.#failedStarts.add(error);
        if (kind === 'fenced') this.#options.onFenced(error);
        const { groupId, logger } = this.#options;
        logger.warn({ err: error, groupId, retryInMs: pauseMs }, 'Transaction start failed');
        await this.#rest(pauseMs);
      }
    }
    this.#discard();
  }

  async #turn(): Promise<void> {
    const { settles, clock } = this.#options;
    const member = this.#options.member();
    if (!this.#wantsTurn(member)) return await this.#signal.wait();
    this.#producer ??= await this.#options.open();
    this.#release(this.#undecided);
    this.#undecided = [];
    if (member !== undefined) await settles?.settle(this.#producer, settles.inputs(), () => this.#options.member() === member);
    this.#failedStarts.clear();
    if (member === undefined || this.#options.member() !== member || this.#options.inputs().length === 0) return;
    await this.#rest(pauseBeforeNext(clock.monotonic(), this.#lastBegan, TRANSACTION_INTERVAL_MS));
    // Records of several partitions that came in one response are handed over one after the other.
    await nextTurn();
    if (!this.#stopped) await this.#runTransaction(this.#producer, member);
  }

  #wantsTurn(member: GroupMember | undefined): boolean {
    const { settles } = this.#options;
    if (this.#undecided.length > 0) return true;
    if (member === undefined) return false;
    if (settles !== undefined && (this.#producer === undefined || settles.inputs().length > 0)) return true;
    return this.#options.inputs().length > 0;
  }

  /** What was packed is not committed: each input goes by its stable offset. */
  #release(inputs: readonly PartitionInput[]): void {
    for (const input of inputs) {
      input.inTransaction = false;
      input.unsettle();
    }
  }

  async #runTransaction(producer: TransactionalProducer, member: GroupMember): Promise<void> {
    const { bounds, limit, clock, rest, joins } = this.#options;
    this.#lastBegan = clock.monotonic();
    const inputs: PartitionInput[] = [];
    const more = (): readonly PartitionInput[] => {
      const ready = this.#options.inputs();
      for (const input of ready) input.inTransaction = true;
      inputs.push(...ready);
      return ready;
    };
    const isOver = (): boolean => this.#stopped || this.#options.member() !== member;
    const options = { bounds: { ...bounds, maxRecords: limit.maxRecords() }, clock, rest, stopped: isOver };
    this.#taken = inputs;
    const begun = more();
    this.#options.onBegan?.(begun);
    const pack = await packTransaction(begun, joins ? { ...options, joining: more } : options);
    const packed = pack.slices.map(({ input }) => input);
    for (const input of inputs) {
      if (!packed.includes(input)) input.inTransaction = false;
      if (input.source.peeking()) input.source.peek().then(this.#signal.wake, this.#signal.wake);
    }
    for (const { input, error } of pack.thrown) input.fail(error);
    // Of an earlier generation nothing is committed.
    if (isOver()) this.#release(packed);
    else if (packed.length > 0) await this.#commit(producer, member, pack);
    this.#taken = [];
  }

  async #commit(producer: TransactionalProducer, member: GroupMember, pack: Pack<PartitionInput>): Promise<void> {
    const { groupId } = this.#options;
    for (const { input, next } of pack.slices) input.committing(next);
    try {
      await producer.run({
        records: pack.slices.flatMap(({ records }) => records),
        offsets: { groupId, member, positions: pack.slices.map(positionOf) },
      });
    } catch (error) {
      await this.#failed(error, member, pack);
      return;
    }
    for (const { input } of pack.slices) {
      input.inTransaction = false;
      input.committed();
    }
    this.#options.limit.committed();
    this.#failures.clear();
    this.#options.onCommitted(pack);
    if (producer.spent()) this.#discard();
  }

  /**
   * The producer is replaced: the new one settles what became of the transaction. Where an output partition may be the cause, the inputs
   * are tried one by one, so that only those that write to it wait.
   */
  async #failed(error: unknown, member: GroupMember, { slices, records }: Pack<PartitionInput>): Promise<void> {
    const { groupId, limit, logger } = this.#options;
    this.#discard();
    const inputs = slices.map(({ input }) => input);
    this.#undecided = inputs;
    const failure = error instanceof TransactionError ? error.failure : 'unknown';
    if (failure === 'timed-out') {
      if (records > 0) limit.timedOut(records);
      this.#options.onTimedOut();
    }
    const details = { records, partitions: inputs.length, nextMaxRecords: limit.maxRecords() };
    if (failure === 'not-member') {
      logger.warn({ err: error, code: 'ERR_LOG_NOT_MEMBER', groupId, ...member, ...details }, 'The group refused a transaction');
      this.#options.onNotMember(member);
    } else if (failure === 'fenced') {
      this.#options.onFenced(error);
    } else {
      await this.#repeat(error, inputs, details);
    }
  }

  async #repeat(error: unknown, inputs: readonly PartitionInput[], details: object): Promise<void> {
    const { groupId, logger } = this.#options;
    const [only] = inputs;
    const atOutput = error instanceof TransactionError && error.atOutput;
    for (const input of inputs) input.alone ||= atOutput;
    if (inputs.length === 1 && only !== undefined) return only.failTransaction(error, details);
    const timedOut = error instanceof TransactionError && error.failure === 'timed-out';
    const code = timedOut ? 'ERR_LOG_TRANSACTION_TIMED_OUT' : undefined;
    const message = timedOut ? 'A transaction timed out' : 'A transaction failed';
    if (atOutput) return logger.warn({ err: error, code, groupId, ...details }, `${message}; its partitions are tried one by one`);
    const { pauseMs } = this.#failures.add(error);
    logger.warn({ err: error, code, groupId, ...details, retryInMs: pauseMs }, message);
    await this.#rest(pauseMs);
  }

  #discard(): void {
    this.#producer?.close().catch(() => undefined);
    this.#producer = undefined;
  }

  /** A stop ends it. */
  async #rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endPause = resolve;
    await Promise.race([promise, pause(ms, this.#options.clock)]);
  }
}

function positionOf({ input: { topic, partition }, next: { offset, cursor } }: Slice<PartitionInput>): Position & { metadata: string } {
  return { topic, partition, offset, metadata: encodeCursor(offset, cursor) };
}
