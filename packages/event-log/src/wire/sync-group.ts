import { ResponseError, type WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';
import type { GroupMember } from './group-member.ts';

// SyncGroup, version 4: the first flexible one; the name of a static member is in it since version 3 (KIP-345).
// Fields between the tag buffers of flexible.ts:
//
//   request         = group-id generation-id member-id instance-id assignments
//   assignments     = compact-array                  ; of: member-id assignment tag-buffer; empty but from the leader
//   assignment      = compact-bytes                  ; consumer-protocol.ts
//   generation-id   = int32
//   instance-id     = compact-string                 ; null: a dynamic member
//   group-id, member-id = compact-string
//
//   response        = throttle-ms error-code assignment
//   throttle-ms     = int32
//   error-code      = int16

export interface SyncGroup {
  readonly groupId: string;
  readonly member: GroupMember;
  /** By member id, from the leader; else empty. */
  readonly assignments: ReadonlyMap<string, Buffer>;
  /** How long the leader may take, milliseconds. */
  readonly waitsMs: number;
}

/** The assignment of this member, once the leader has sent all. */
export function syncGroup({ groupId, member, assignments, waitsMs }: SyncGroup): WireRequest<Buffer> {
  return {
    apiKey: 14,
    apiVersion: 4,
    apiName: 'SyncGroup',
    waitsMs,
    encode() {
      const writer = new FlexibleWriter().string(groupId).int32(member.generationId);
      writer.string(member.memberId).string(member.instanceId ?? null);
      writer.array([...assignments], ([memberId, assignment]) => void writer.string(memberId).bytes(assignment).tags());
      return writer.tags().encoded();
    },
    decode(reader) {
      reader.int32();
      const code = reader.int16();
      if (code !== 0) throw new ResponseError('SyncGroup', code);
      return reader.bytes() ?? Buffer.alloc(0);
    },
  };
}
