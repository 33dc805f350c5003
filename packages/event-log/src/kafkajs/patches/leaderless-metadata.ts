/** The members of a Metadata response that the replacement touches. */
export interface Metadata {
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly partitionMetadata: readonly { readonly partitionErrorCode: number; readonly leader: number }[];
  }[];
}

export interface MetadataResponse {
  readonly decode: unknown;
  /** Throws the first error of a topic or a partition. */
  parse(decoded: Metadata): Promise<Metadata>;
}

/** LEADER_NOT_AVAILABLE, REPLICA_NOT_AVAILABLE, LISTENER_NOT_FOUND. */
const OF_ONE_PARTITION = new Set([5, 9, 72]);

/**
 * A response with partitions that have no leader now: -1. The stock `parse` throws for the whole response, so that no other partition
 * has a new leader either while one has none.
 */
export function leaderlessMetadata(stock: MetadataResponse): MetadataResponse {
  return {
    ...stock,
    async parse(decoded) {
      const topicMetadata = decoded.topicMetadata.map(({ partitionMetadata, ...topic }) => ({
        ...topic,
        partitionMetadata: partitionMetadata.filter(({ partitionErrorCode }) => !OF_ONE_PARTITION.has(partitionErrorCode)),
      }));
      await stock.parse({ ...decoded, topicMetadata });
      return decoded;
    },
  };
}
