import type { EncodedRequest, ProtocolRequest, ProtocolResponse } from '../../kafkajs/cluster/internals.ts';
import { ClassicReader, ClassicWriter } from '../../wire/classic.ts';

// Produce, version 7 (fields as in ../../wire/classic.ts):
//
//   request         = transactional-id acks timeout-ms topics
//   topics          = array                          ; of: name partitions
//   partitions      = array                          ; of: index record-batch
//   record-batch    = bytes                          ; ../../wire/record-batch.ts
//   acks            = int16                          ; -1: all in-sync replicas
//   transactional-id, name = string
//   timeout-ms, index = int32
//
//   response        = topic-results throttle-ms
//   topic-results   = array                          ; of: name partition-results
//   partition-results = array                        ; of: index error-code base-offset log-append-time log-start-offset
//   error-code      = int16
//   base-offset     = int64                          ; -1: the broker no longer knows it
//   log-append-time, log-start-offset = int64
//   throttle-ms     = int32

const PRODUCE = 0;
const VERSION = 7;
const ALL_IN_SYNC_REPLICAS = -1;

export interface PartitionData {
  readonly topic: string;
  readonly partition: number;
  /** A whole record batch. */
  readonly batch: Buffer;
}

export interface PartitionResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Offset of the batch's first record; -1 when the broker no longer knows it. */
  readonly baseOffset: bigint;
}

interface ProduceResponse {
  readonly results: readonly PartitionResult[];
  /** Read by kafkajs's connection, which then holds back further requests. */
  readonly clientSideThrottleTime: number;
}

export interface ProduceExchange {
  readonly request: ProtocolRequest;
  readonly response: ProtocolResponse<ProduceResponse>;
}

/** Whether a broker speaks the version of Produce used here. */
export function speaksProduce(versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>> | null): boolean {
  const range = versions?.[PRODUCE];
  return range !== undefined && range.minVersion <= VERSION && VERSION <= range.maxVersion;
}

/**
 * One Produce request with batches that are encoded already. Its response is read partition by partition: kafkajs's own
 * decoder makes one error of the whole response when one partition failed.
 */
export function produceExchange(options: {
  readonly data: readonly PartitionData[];
  readonly transactionalId: string | null;
  /** How long the broker may wait for its replicas. */
  readonly timeoutMs: number;
}): ProduceExchange {
  return {
    request: {
      apiKey: PRODUCE,
      apiVersion: VERSION,
      apiName: 'Produce',
      encode: async () => encodeProduce(options.data, options.transactionalId, options.timeoutMs),
    },
    response: {
      decode: async (payload) => decodeProduce(payload),
      parse: async (response) => response,
    },
  };
}

function encodeProduce(data: readonly PartitionData[], transactionalId: string | null, timeoutMs: number): EncodedRequest {
  const writer = new ClassicWriter().string(transactionalId).int16(ALL_IN_SYNC_REPLICAS).int32(timeoutMs);
  writer.array(
    Map.groupBy(data, ({ topic }) => topic),
    ([topic, ofTopic]) => {
      writer.string(topic).array(ofTopic, ({ partition, batch }) => void writer.int32(partition).bytes(batch));
    },
  );
  return writer.encoded();
}

function decodeProduce(payload: Buffer): ProduceResponse {
  const reader = new ClassicReader(payload);
  const results = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array((): PartitionResult => {
      const result = { topic, partition: reader.int32(), errorCode: reader.int16(), baseOffset: reader.int64() };
      // Log append time and log start offset follow.
      reader.int64();
      reader.int64();
      return result;
    });
  });
  return { results: results.flat(), clientSideThrottleTime: reader.int32() };
}
