import type { EncodedRequest, ProtocolRequest, ProtocolResponse } from '../../kafkajs/cluster/internals.ts';

// Produce, version 7 (ABNF, RFC 5234; integers are big-endian and signed):
//
//   request         = transactional-id acks timeout-ms topics
//   topics          = count *(name partitions)
//   partitions      = count *(index bytes record-batch)   ; record-batch: ../../wire/record-batch.ts
//   acks            = int16                          ; -1: all in-sync replicas
//   transactional-id, name = string
//   string          = int16 *OCTET                   ; bytes of UTF-8, then the text; -1: null
//   timeout-ms, count, index, bytes = int32
//
//   response        = topic-results throttle-ms
//   topic-results   = count *(name partition-results)
//   partition-results = count *(index error-code base-offset log-append-time log-start-offset)
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
  const byTopic = Map.groupBy(data, ({ topic }) => topic);
  let size = sizeOfString(transactionalId) + 2 + 4 + 4;
  for (const [topic, partitions] of byTopic) {
    size += sizeOfString(topic) + 4;
    for (const { batch } of partitions) size += 4 + 4 + batch.length;
  }
  const buffer = Buffer.allocUnsafe(size);
  let position = writeString(buffer, 0, transactionalId);
  position = buffer.writeInt16BE(ALL_IN_SYNC_REPLICAS, position);
  position = buffer.writeInt32BE(timeoutMs, position);
  position = buffer.writeInt32BE(byTopic.size, position);
  for (const [topic, partitions] of byTopic) {
    position = writeString(buffer, position, topic);
    position = buffer.writeInt32BE(partitions.length, position);
    for (const { partition, batch } of partitions) {
      position = buffer.writeInt32BE(partition, position);
      position = buffer.writeInt32BE(batch.length, position);
      buffer.set(batch, position);
      position += batch.length;
    }
  }
  return { buf: buffer, buffer };
}

function decodeProduce(payload: Buffer): ProduceResponse {
  const results: PartitionResult[] = [];
  let position = 4;
  for (let topics = payload.readInt32BE(0); topics > 0; topics -= 1) {
    const nameBytes = payload.readInt16BE(position);
    const topic = payload.toString('utf8', position + 2, position + 2 + nameBytes);
    position += 2 + nameBytes;
    let partitions = payload.readInt32BE(position);
    position += 4;
    for (; partitions > 0; partitions -= 1) {
      results.push({
        topic,
        partition: payload.readInt32BE(position),
        errorCode: payload.readInt16BE(position + 4),
        baseOffset: payload.readBigInt64BE(position + 6),
      });
      // Log append time and log start offset follow, eight bytes each.
      position += 4 + 2 + 8 + 8 + 8;
    }
  }
  return { results, clientSideThrottleTime: payload.readInt32BE(position) };
}

function sizeOfString(text: string | null): number {
  return 2 + (text === null ? 0 : Buffer.byteLength(text));
}

function writeString(target: Buffer, position: number, text: string | null): number {
  if (text === null) return target.writeInt16BE(-1, position);
  const at = target.writeInt16BE(Buffer.byteLength(text), position);
  return at + target.write(text, at);
}
