import type { Position } from '../log.ts';
import { ResponseError, type WireRequest } from './ask-broker.ts';
import type { FlexibleReader, FlexibleWriter } from './flexible.ts';
import type { GroupMember } from './group-member.ts';
import { writeMember } from './group-membership.ts';

// OffsetCommit, version 8: the first flexible one; the name of a static member is in it since version 7 (KIP-345).
// Fields between the tag buffers of flexible.ts:
//
//   request         = group-id generation-id member-id instance-id topics
//   topics          = compact-array                  ; of: name partitions tag-buffer
//   partitions      = compact-array                  ; of: index offset leader-epoch metadata tag-buffer
//   generation-id, index = int32
//   offset          = int64
//   leader-epoch    = int32                          ; -1: not known
//   instance-id     = compact-string                 ; null: a dynamic member
//   group-id, member-id, name, metadata = compact-string
//
//   response        = throttle-ms topic-results
//   topic-results   = compact-array                  ; of: name partition-results tag-buffer
//   partition-results = compact-array                ; of: index error-code tag-buffer
//   throttle-ms     = int32
//   error-code      = int16

const NO_LEADER_EPOCH = -1;

export interface OffsetCommit {
  readonly groupId: string;
  readonly member: GroupMember;
  readonly positions: readonly (Position & { readonly metadata: string })[];
}

/** Resolves once all offsets are committed; ResponseError with the code of the first partition that was refused. */
export function offsetCommit({ groupId, member, positions }: OffsetCommit): WireRequest<void> {
  return {
    apiKey: 8,
    apiVersion: 8,
    apiName: 'OffsetCommit',
    encode() {
      const writer = writeMember(groupId, member);
      writePositions(writer, positions);
      return writer.tags().encoded();
    },
    decode: (reader) => throwFirstError('OffsetCommit', reader),
  };
}

/** Offsets as requests that commit them have them. */
export function writePositions(writer: FlexibleWriter, positions: OffsetCommit['positions']): void {
  writer.array([...Map.groupBy(positions, ({ topic }) => topic)], ([topic, ofTopic]) => {
    writer.string(topic).array(ofTopic, ({ partition, offset, metadata }) => {
      writer.int32(partition).int64(offset).int32(NO_LEADER_EPOCH).string(metadata).tags();
    });
    writer.tags();
  });
}

/** Reads the response to such a request. ResponseError with the code of the first partition that was refused. */
export function throwFirstError(apiName: string, reader: FlexibleReader): void {
  reader.int32();
  const codes = reader.array(() => {
    reader.string();
    const ofTopic = reader.array(() => {
      reader.int32();
      const code = reader.int16();
      reader.tags();
      return code;
    });
    reader.tags();
    return ofTopic;
  });
  const failed = codes.flat().find((code) => code !== 0);
  if (failed !== undefined) throw new ResponseError(apiName, failed);
}
