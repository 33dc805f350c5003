import type { Position, TopicPartition } from '../../log.ts';
import { keyOf } from '../../partition-key.ts';
import type { AbortedTransaction } from '../../wire/fetch.ts';
import { type BatchOptions, storedBatch, textRecord } from '../../wire/testing/batches.ts';
import type { FetchCall, PartitionData } from './fetch-messages.ts';

/** A partition in memory: batches as they are stored. */
export interface FakePartition {
  leader: number;
  logStart: bigint;
  /** Undefined: the end. */
  lastStableOffset: bigint | undefined;
  aborted: readonly AbortedTransaction[];
  /** Error codes for the next responses; 0 is success. */
  readonly codes: number[];
  readonly batches: { readonly base: bigint; readonly last: bigint; readonly bytes: Buffer }[];
}

/** Partitions of a fake cluster, and what a broker reads from them. */
export class FakeLog {
  readonly partitions = new Map<string, FakePartition>();
  /** Called when there is more to read. */
  readonly onAppend = new Set<() => void>();

  add({ topic, partition }: TopicPartition, leader: number): void {
    this.partitions.set(keyOf({ topic, partition }), {
      leader,
      logStart: 0n,
      lastStableOffset: undefined,
      aborted: [],
      codes: [],
      batches: [],
    });
  }

  get(partition: TopicPartition): FakePartition {
    const found = this.partitions.get(keyOf(partition));
    if (found === undefined) throw new Error(`the fake log has no ${keyOf(partition)}`);
    return found;
  }

  /** One batch of these values. */
  append(partition: TopicPartition, values: readonly string[], options: BatchOptions = {}): void {
    this.appendBatch(partition, (baseOffset) => storedBatch(values.map(textRecord), { ...options, baseOffset }));
  }

  appendBatch(partition: TopicPartition, create: (baseOffset: bigint) => Buffer): void {
    const { batches } = this.get(partition);
    const base = this.end(partition);
    const bytes = create(base);
    batches.push({ base, last: base + BigInt(bytes.readInt32BE(23)), bytes });
    this.changed();
  }

  changed(): void {
    for (const tell of this.onAppend) tell();
  }

  end(partition: TopicPartition): bigint {
    const last = this.get(partition).batches.at(-1);
    return last === undefined ? 0n : last.last + 1n;
  }

  /** What a broker has to say of each partition, in order, within the limits of the request (KIP-74). */
  read(nodeId: number, positions: readonly Position[], limits: Pick<FetchCall, 'maxBytes' | 'maxBytesPerPartition'>): PartitionData[] {
    let left = limits.maxBytes;
    let isFirst = true;
    return positions.map((position) => {
      const found = this.partitions.get(keyOf(position));
      const data = { topic: position.topic, partition: position.partition, aborted: found?.aborted ?? [] };
      const stable = found?.lastStableOffset ?? (found === undefined ? -1n : this.end(position));
      const errorCode = this.#errorOf(nodeId, position, found);
      if (found === undefined || errorCode !== 0) return { ...data, errorCode, lastStableOffset: -1n, batches: Buffer.alloc(0) };
      const parts: Buffer[] = [];
      let room = Math.min(left, limits.maxBytesPerPartition);
      for (const { last, base, bytes } of found.batches) {
        if (last < position.offset || base >= stable) continue;
        if (bytes.length > room && !isFirst) {
          // Whole batches only, and then a part of the next one.
          if (parts.length > 0) parts.push(bytes.subarray(0, Math.max(0, room)));
          break;
        }
        parts.push(bytes);
        room -= bytes.length;
        isFirst = false;
      }
      const batches = Buffer.concat(parts);
      left -= batches.length;
      return { ...data, errorCode, lastStableOffset: stable, batches };
    });
  }

  #errorOf(nodeId: number, position: Position, found: FakePartition | undefined): number {
    if (found === undefined) return 3;
    const code = found.codes.shift() ?? 0;
    if (code !== 0) return code;
    if (found.leader !== nodeId) return 6;
    return position.offset < found.logStart || position.offset > this.end(position) ? 1 : 0;
  }
}
