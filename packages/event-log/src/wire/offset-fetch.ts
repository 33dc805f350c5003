import type { Position, TopicPartition } from '../log.ts';
import { ResponseError, type WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';

// OffsetFetch, version 7: the first that can ask for stable offsets (KIP-447). Fields between the tag buffers of flexible.ts:
//
//   request         = group-id topics require-stable
//   topics          = compact-array                  ; of: name indexes tag-buffer
//   indexes         = compact-array                  ; of int32: partitions
//   require-stable  = int8                           ; 1: error 88 for an offset that an open transaction may still change
//   group-id, name, metadata = compact-string
//
//   response        = throttle-ms topic-results error-code
//   topic-results   = compact-array                  ; of: name partition-results tag-buffer
//   partition-results = compact-array                ; of: index offset leader-epoch metadata error-code tag-buffer
//   offset          = int64                          ; -1: no offset was committed
//   throttle-ms, index, leader-epoch = int32
//   error-code      = int16

const UNSTABLE_OFFSET_COMMIT = 88;

export interface FetchedOffset extends Position {
  readonly metadata: string;
  /** An open transaction may still change it; `offset` has no meaning then. */
  readonly unstable: boolean;
}

export interface OffsetFetch {
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
  readonly requireStable: boolean;
}

/** One offset for each partition that was asked for. ResponseError for any other error than 88. */
export function offsetFetch({ groupId, partitions, requireStable }: OffsetFetch): WireRequest<readonly FetchedOffset[]> {
  const check = (code: number): void => {
    if (code !== 0) throw new ResponseError('OffsetFetch', code);
  };
  return {
    apiKey: 9,
    apiVersion: 7,
    apiName: 'OffsetFetch',
    encode() {
      const writer = new FlexibleWriter();
      writer.string(groupId).array([...Map.groupBy(partitions, ({ topic }) => topic)], ([topic, ofTopic]) => {
        writer.string(topic).array(ofTopic, ({ partition }) => void writer.int32(partition));
        writer.tags();
      });
      return writer
        .int8(requireStable ? 1 : 0)
        .tags()
        .encoded();
    },
    decode(reader) {
      reader.int32();
      const found = reader.array(() => {
        const topic = reader.string() ?? '';
        const ofTopic = reader.array((): FetchedOffset => {
          const partition = reader.int32();
          const offset = reader.int64();
          reader.int32();
          const metadata = reader.string() ?? '';
          const code = reader.int16();
          reader.tags();
          const unstable = code === UNSTABLE_OFFSET_COMMIT;
          if (!unstable) check(code);
          return { topic, partition, offset, metadata, unstable };
        });
        reader.tags();
        return ofTopic;
      });
      check(reader.int16());
      return found.flat();
    },
  };
}
