import { topics } from '@switchboard/contracts';
import { partitionOf } from '@switchboard/event-log';
import type { LoadOutcome } from '../support/steady-load.ts';
import type { Owners } from './group-owners.ts';

/** How a group was before and after a change. */
export interface Change {
  readonly before: Owners;
  readonly after: Owners;
  /** Members that were restarted: their partitions count as moved. */
  readonly restarted: ReadonlySet<string>;
}

export interface Pauses {
  /** Longest wait for a first attempt, milliseconds, of messages whose partitions kept their member; NaN where there are none. */
  readonly keptMs: number;
  /** The same of those with a partition that moved to another member, or whose member was restarted. */
  readonly movedMs: number;
  /** Partitions that moved. */
  readonly moved: number;
  readonly kept: number;
}

/** The partitions that messages of a conversation pass, of those that the groups read. */
export type PartitionsOf = (conversation: string, endpoint: number) => readonly string[];

/** The normalizer reads raw notifications, by conversation. */
export const normalizerPartitions: PartitionsOf = (conversation) => [of(topics.raw, conversation)];

/** The delivery reads events, by conversation, and pending deliveries, by install and conversation. */
export const deliveryPartitions: PartitionsOf = (conversation, endpoint) => [
  of(topics.messaging, conversation),
  of(topics.pending, `bench-${endpoint}:${conversation}`),
];

function of({ name, partitions }: { readonly name: string; readonly partitions: number }, key: string): string {
  return `${name} ${partitionOf(Buffer.from(key), partitions)}`;
}

/** The pauses of messages sent from `from` on: a message that is sent when a pause begins waits as long as it lasts. */
export function pausesOf(outcome: LoadOutcome, changes: readonly Change[], partitionsOf: PartitionsOf, from: number): Pauses {
  const moved = new Set<string>();
  const kept = new Set<string>();
  for (const { before, after, restarted } of changes) {
    for (const [partition, owner] of before) {
      const stays = after.get(partition) === owner && !restarted.has(owner);
      (stays ? kept : moved).add(partition);
    }
  }
  const sent = new Map(outcome.conversations.map((conversation, index) => [conversation, outcome.sentAt[index] as number]));
  const longest = { kept: Number.NaN, moved: Number.NaN };
  for (const { subject, endpoint, at } of outcome.arrivals) {
    const sentAt = sent.get(subject) ?? Number.NaN;
    // What is on its way when the change begins may be held up by it too.
    if (sentAt < from - 1_000) continue;
    const side = partitionsOf(subject, endpoint).some((partition) => moved.has(partition)) ? 'moved' : 'kept';
    longest[side] = Math.max(Number.isNaN(longest[side]) ? 0 : longest[side], at - sentAt);
  }
  return { keptMs: longest.kept, movedMs: longest.moved, moved: moved.size, kept: kept.size };
}
