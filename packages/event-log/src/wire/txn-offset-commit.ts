import type { TransactionScope } from '../kafkajs/cluster/internals.ts';
import type { Position } from '../log.ts';
import type { WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';
import type { GroupMember } from './group-member.ts';
import { throwFirstError, writePositions } from './offset-commit.ts';

// TxnOffsetCommit, version 3: the first with the member of the group (KIP-447). Fields between the tag buffers of flexible.ts:
//
//   request         = transactional-id group-id producer-id producer-epoch generation-id member-id group-instance-id topics
//   topics          = compact-array                  ; of topic
//   topic           = name partitions tag-buffer
//   partitions      = compact-array                  ; of partition
//   partition       = index offset leader-epoch metadata tag-buffer
//   producer-id     = int64
//   producer-epoch  = int16
//   generation-id   = int32
//   group-instance-id = compact-string               ; null: no static member
//   index           = int32
//   offset          = int64
//   leader-epoch    = int32                          ; -1: not known
//   transactional-id, group-id, member-id, name, metadata = compact-string
//
//   response        = throttle-ms topic-results
//   topic-results   = compact-array                  ; of: name partition-results tag-buffer
//   partition-results = compact-array                ; of: index error-code tag-buffer
//   throttle-ms     = int32
//   error-code      = int16

export interface TxnOffsetCommit {
  readonly groupId: string;
  readonly member: GroupMember;
  readonly positions: readonly (Position & { readonly metadata: string })[];
}

/** Resolves once all offsets are in the transaction; ResponseError with the code of the first partition that was refused. */
export function txnOffsetCommit(scope: TransactionScope, { groupId, member, positions }: TxnOffsetCommit): WireRequest<void> {
  return {
    apiKey: 28,
    apiVersion: 3,
    apiName: 'TxnOffsetCommit',
    encode() {
      const writer = new FlexibleWriter();
      writer.string(scope.transactionalId).string(groupId).int64(BigInt(scope.producerId)).int16(scope.producerEpoch);
      writer
        .int32(member.generationId)
        .string(member.memberId)
        .string(member.instanceId ?? null);
      writePositions(writer, positions);
      return writer.tags().encoded();
    },
    decode: (reader) => throwFirstError('TxnOffsetCommit', reader),
  };
}
