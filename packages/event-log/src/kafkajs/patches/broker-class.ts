interface PartitionRequest {
  readonly partition: number;
  readonly fetchOffset: string;
}

export interface TopicRequest {
  readonly topic: string;
  readonly partitions: readonly PartitionRequest[];
}

export interface FetchRequest {
  readonly topics: readonly TopicRequest[];
}

export interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly lastStableOffset: string;
      readonly messages: readonly unknown[];
    }[];
  }[];
}

/** The members of kafkajs's Broker that the replacements touch. */
export interface ReplaceableBroker {
  /** Gives the version of a request that both sides know; one that throws until the broker has told its versions. */
  lookupRequest: unknown;
  isConnected(): boolean;
  connect(): Promise<void>;
  fetch(request: FetchRequest): Promise<FetchAnswer>;
}

export type BrokerClass = new (options: never) => ReplaceableBroker;
