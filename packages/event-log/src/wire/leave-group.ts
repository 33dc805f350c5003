import { ResponseError, type WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';

// LeaveGroup, version 4: the first flexible one. Fields between the tag buffers of flexible.ts:
//
//   request         = group-id members
//   members         = compact-array                  ; of: member-id instance-id tag-buffer
//   instance-id     = compact-string                 ; null: a dynamic member
//   group-id, member-id = compact-string
//
//   response        = throttle-ms error-code left
//   left            = compact-array                  ; of: member-id instance-id error-code tag-buffer
//   throttle-ms     = int32
//   error-code      = int16

/** A dynamic member leaves; the others get its partitions at once. */
export function leaveGroup(groupId: string, memberId: string): WireRequest<void> {
  return {
    apiKey: 13,
    apiVersion: 4,
    apiName: 'LeaveGroup',
    encode() {
      const writer = new FlexibleWriter().string(groupId);
      writer.array([memberId], (id) => void writer.string(id).string(null).tags());
      return writer.tags().encoded();
    },
    decode(reader) {
      reader.int32();
      const code = reader.int16();
      if (code !== 0) throw new ResponseError('LeaveGroup', code);
    },
  };
}
