import { percentile } from './statistics.ts';
import type { LoadOutcome } from './steady-load.ts';
import { milliseconds } from './table.ts';
import type { Timeline } from './timeline.ts';

export const stepColumns = ['until', 'since the step before, p50', 'p99', 'since the request, p50', 'p99 '] as const;

/** Rows of a table: when each step of a message was done, since the step before and since the request. */
export function latencySteps({ conversations, sentAt, respondedAt, arrivals }: LoadOutcome, timeline: Timeline): string[][] {
  const byConversation = (times: Float64Array) =>
    new Map(conversations.map((conversation, index) => [conversation, times[index] as number]));
  const sent = byConversation(sentAt);
  const moments: readonly [title: string, times: ReadonlyMap<string, number>][] = [
    ['the response: verified and stored raw', byConversation(respondedAt)],
    ['the event can be read (normalizer committed)', timeline.eventReadable],
    ['the fan-out works on it', timeline.fanOutBegan],
    ['the delivery can be read (fan-out committed)', timeline.pendingReadable],
    ['the attempt begins', timeline.attemptBegan],
    ['the request is at the receiver', new Map(arrivals.map(({ subject, at }) => [subject, at]))],
  ];
  let last: ReadonlyMap<string, number> = sent;
  return moments.map(([title, times]) => {
    const since = (from: ReadonlyMap<string, number>) =>
      conversations.flatMap((conversation) => {
        const [begin, end] = [from.get(conversation), times.get(conversation)];
        return begin === undefined || end === undefined ? [] : [end - begin];
      });
    const [sinceLast, sinceSent] = [since(last), since(sent)];
    last = times;
    return [title, ...[sinceLast, sinceSent].flatMap((values) => [0.5, 0.99].map((share) => milliseconds(percentile(values, share))))];
  });
}
