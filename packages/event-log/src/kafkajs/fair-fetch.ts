import type { BrokerClass, FetchAnswer, FetchRequest, TopicRequest } from './broker-class.ts';

/**
 * A Broker that asks for a partition alone after an answer that left it out. Where the next batch of a partition is larger than the share
 * that each may have of an answer, a broker sends it for the first partition of a request only: among many that have something to read the
 * stock one, which asks in random order, may leave it out for minutes.
 */
export function fairFetch(Stock: BrokerClass): BrokerClass {
  return class FairBroker extends Stock {
    #leftOut: TopicRequest[] = [];

    override async fetch(request: FetchRequest): Promise<FetchAnswer> {
      const alone = this.#nextLeftOut(request);
      if (alone !== undefined) return super.fetch({ ...request, topics: [alone] });
      const answer = await super.fetch(request);
      this.#leftOut = leftOut(request, answer);
      return answer;
    }

    /** The request for one that was left out, as long as it is wanted from there: it may have been paused, or lost. */
    #nextLeftOut({ topics }: FetchRequest): TopicRequest | undefined {
      for (let next = this.#leftOut.shift(); next !== undefined; next = this.#leftOut.shift()) {
        const { topic, partitions } = next;
        const wanted = topics.filter((one) => one.topic === topic).flatMap((one) => one.partitions);
        const still = wanted.filter(({ partition }) => partitions[0]?.partition === partition);
        if (still.length > 0) return { topic, partitions: still };
      }
      return undefined;
    }
  };
}

/** A request for each partition of which the answer has nothing, although something stands there. */
function leftOut({ topics }: FetchRequest, { responses }: FetchAnswer): TopicRequest[] {
  const answered = new Map(
    responses.flatMap(({ topicName, partitions }) => partitions.map((one) => [`${topicName}/${one.partition}`, one] as const)),
  );
  return topics.flatMap(({ topic, partitions }) =>
    partitions.flatMap((wanted) => {
      const got = answered.get(`${topic}/${wanted.partition}`);
      const isLeftOut = got?.messages.length === 0 && BigInt(got.lastStableOffset) > BigInt(wanted.fetchOffset);
      return isLeftOut ? [{ topic, partitions: [wanted] }] : [];
    }),
  );
}
