import type { BrokerClass, FetchAnswer, FetchRequest, TopicRequest } from './broker-class.ts';

/**
 * A Broker that asks for the partitions alone which an answer left out. Where the next batch of a partition is larger than the share that
 * each may have of an answer, a broker sends it for the first partition that has something to read only: among many of those the stock
 * one, which asks in random order, may leave it out for minutes. Of those left out one at least comes each time.
 */
export function fairFetch(Stock: BrokerClass): BrokerClass {
  return class FairBroker extends Stock {
    #leftOut: ReadonlySet<string> = new Set();

    override async fetch(request: FetchRequest): Promise<FetchAnswer> {
      const topics = stillWanted(request.topics, this.#leftOut);
      const answer = await super.fetch(topics.length === 0 ? request : { ...request, topics });
      this.#leftOut = leftOut(request.topics, answer);
      return answer;
    }
  };
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** Of the partitions that are wanted now, from where they are wanted now, those named: one may have been paused meanwhile, or lost. */
function stillWanted(topics: readonly TopicRequest[], names: ReadonlySet<string>): readonly TopicRequest[] {
  return topics.flatMap(({ topic, partitions }) => {
    const wanted = partitions.filter(({ partition }) => names.has(nameOf(topic, partition)));
    return wanted.length === 0 ? [] : [{ topic, partitions: wanted }];
  });
}

/** Partitions of which the answer has nothing, although something stands there; none where it has nothing at all: more would not come. */
function leftOut(topics: readonly TopicRequest[], { responses }: FetchAnswer): ReadonlySet<string> {
  const names = new Set<string>();
  let sent = false;
  const offsets = new Map(
    topics.flatMap(({ topic, partitions }) => partitions.map((one) => [nameOf(topic, one.partition), one.fetchOffset])),
  );
  for (const { topicName, partitions } of responses) {
    for (const { partition, messages, lastStableOffset } of partitions) {
      const name = nameOf(topicName, partition);
      if (messages.length > 0) sent = true;
      else if (BigInt(lastStableOffset) > BigInt(offsets.get(name) ?? lastStableOffset)) names.add(name);
    }
  }
  return sent ? names : new Set();
}
