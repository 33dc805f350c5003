import type { Position, TopicPartition } from '../log.ts';
import type { RawRequest } from './ask-broker.ts';
import { ClassicReader, ClassicWriter } from './classic.ts';

// Fetch, version 11 (fields as in classic.ts):
//
//   request         = replica-id max-wait-ms min-bytes max-bytes isolation session-id session-epoch topics forgotten rack
//   topics          = array                          ; of: name partitions
//   partitions      = array                          ; of: index leader-epoch fetch-offset log-start-offset max-bytes
//   forgotten       = array                          ; of: name indexes
//   indexes         = array                          ; of int32
//   replica-id      = int32                          ; -1: no replica
//   isolation       = int8                           ; 1: read committed
//   session-id      = int32                          ; 0: none yet
//   session-epoch   = int32                          ; 0: begins a session, -1: without one
//   leader-epoch    = int32                          ; -1: not known
//   log-start-offset = int64                         ; -1: no replica
//   name, rack      = string
//   max-wait-ms, min-bytes, max-bytes, index = int32
//   fetch-offset    = int64
//
//   response        = throttle-ms error-code session-id topic-results
//   topic-results   = array                          ; of: name partition-results
//   partition-results = array                        ; of: index error-code high-watermark last-stable-offset log-start-offset
//                                                    ;     aborted preferred-replica batches
//   aborted         = array                          ; of: producer-id first-offset
//   batches         = bytes                          ; whole record batches, then a part of one: read-batches.ts
//   throttle-ms, preferred-replica = int32
//   error-code      = int16
//   high-watermark, last-stable-offset, producer-id, first-offset = int64

const NO_REPLICA = -1;
const MIN_BYTES = 1;
const READ_COMMITTED = 1;
const NO_LEADER_EPOCH = -1;
const ANY_RACK = '';
const NOTHING = Buffer.alloc(0);

export interface FetchLimits {
  /** How long the broker waits for the first byte, milliseconds. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

/** What a request says of its fetch session (KIP-227). */
export interface SessionPart {
  readonly sessionId: number;
  readonly epoch: number;
  /** All partitions of a new session, or those that were added or read from another offset. */
  readonly partitions: readonly Position[];
  /** Those that are no longer read. */
  readonly forgotten: readonly TopicPartition[];
}

/** Reads a partition once, outside of any session. */
export function withoutSession(position: Position): SessionPart {
  return { sessionId: 0, epoch: -1, partitions: [position], forgotten: [] };
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

export interface PartitionResponse extends TopicPartition {
  readonly errorCode: number;
  /** No open transaction is below it; -1 with an error. */
  readonly lastStableOffset: bigint;
  readonly aborted: readonly AbortedTransaction[];
  /** A view of the response. */
  readonly batches: Buffer;
}

export interface FetchResponse {
  readonly throttleMs: number;
  readonly errorCode: number;
  /** 0: the broker keeps no session. */
  readonly sessionId: number;
  readonly partitions: readonly PartitionResponse[];
}

export function fetchRequest(limits: FetchLimits, session: SessionPart): RawRequest {
  return {
    apiKey: 1,
    apiVersion: 11,
    apiName: 'Fetch',
    encode() {
      const writer = new ClassicWriter().int32(NO_REPLICA).int32(limits.maxWaitMs).int32(MIN_BYTES).int32(limits.maxBytes);
      writer.int8(READ_COMMITTED).int32(session.sessionId).int32(session.epoch);
      writer.array(runsOfTopics(session.partitions), ([topic, ofTopic]) => {
        writer.string(topic).array(ofTopic, ({ partition, offset }) => {
          writer.int32(partition).int32(NO_LEADER_EPOCH).int64(offset).int64(-1n).int32(limits.maxBytesPerPartition);
        });
      });
      writer.array(runsOfTopics(session.forgotten), ([topic, ofTopic]) => {
        writer.string(topic).array(ofTopic, ({ partition }) => void writer.int32(partition));
      });
      return writer.string(ANY_RACK).encoded();
    },
  };
}

/** Those of one topic that follow each other: a broker fills the response in the order of the request. */
function runsOfTopics<Partition extends TopicPartition>(partitions: readonly Partition[]): (readonly [string, Partition[]])[] {
  const runs: (readonly [string, Partition[]])[] = [];
  for (const each of partitions) {
    const last = runs.at(-1);
    if (last?.[0] === each.topic) last[1].push(each);
    else runs.push([each.topic, [each]]);
  }
  return runs;
}

/** Throws RangeError where the response ends too early. */
export function readFetchResponse(body: Buffer): FetchResponse {
  const reader = new ClassicReader(body);
  const throttleMs = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const partitions = reader.array(() => {
    const topic = reader.string() ?? '';
    return reader.array(() => readPartition(topic, reader));
  });
  return { throttleMs, errorCode, sessionId, partitions: partitions.flat() };
}

function readPartition(topic: string, reader: ClassicReader): PartitionResponse {
  const partition = reader.int32();
  const errorCode = reader.int16();
  // The high watermark.
  reader.int64();
  const lastStableOffset = reader.int64();
  // The log start offset.
  reader.int64();
  const aborted = reader.array((): AbortedTransaction => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  // The replica to prefer: none without a rack.
  reader.int32();
  return { topic, partition, errorCode, lastStableOffset, aborted, batches: reader.bytes() ?? NOTHING };
}
