import { ResponseError, type WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';
import type { GroupMember } from './group-member.ts';

// Heartbeat, version 4: the first flexible one; the name of a static member is in it since version 3 (KIP-345).
// Fields between the tag buffers of flexible.ts:
//
//   request         = group-id generation-id member-id instance-id
//   generation-id   = int32
//   instance-id     = compact-string                 ; null: a dynamic member
//   group-id, member-id = compact-string
//
//   response        = throttle-ms error-code
//   throttle-ms     = int32
//   error-code      = int16                          ; 27: the group waits for its members to join the next generation

/** Resolves where the member is in the current generation; else ResponseError. */
export function heartbeat(groupId: string, member: GroupMember): WireRequest<void> {
  return {
    apiKey: 12,
    apiVersion: 4,
    apiName: 'Heartbeat',
    encode() {
      const writer = new FlexibleWriter().string(groupId).int32(member.generationId);
      return writer
        .string(member.memberId)
        .string(member.instanceId ?? null)
        .tags()
        .encoded();
    },
    decode(reader) {
      reader.int32();
      const code = reader.int16();
      if (code !== 0) throw new ResponseError('Heartbeat', code);
    },
  };
}
