import { ResponseError, type WireRequest } from './ask-broker.ts';
import { FlexibleWriter } from './flexible.ts';

// JoinGroup, version 6: the first flexible one; the name of a static member is in it since version 5 (KIP-345).
// Fields between the tag buffers of flexible.ts:
//
//   request         = group-id session-ms rebalance-ms member-id instance-id protocol-type protocols
//   protocols       = compact-array                  ; of: name metadata tag-buffer
//   member-id       = compact-string                 ; empty: not a member yet
//   instance-id     = compact-string                 ; null: a dynamic member
//   protocol-type   = compact-string                 ; "consumer"
//   metadata        = compact-bytes                  ; consumer-protocol.ts
//   session-ms, rebalance-ms = int32
//   group-id, name, leader = compact-string
//
//   response        = throttle-ms error-code generation-id name leader member-id members
//   members         = compact-array                  ; of: member-id instance-id metadata tag-buffer; for the leader only
//   throttle-ms, generation-id = int32
//   error-code      = int16                          ; 79: to be asked again with the member id of the response

const MEMBER_ID_REQUIRED = 79;
/** Added to the time for which the group waits for its members. */
const NETWORK_DELAY_MS = 5_000;

export interface JoinGroup {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Empty where the group does not know the member yet. */
  readonly memberId: string;
  readonly instanceId: string | undefined;
  readonly protocol: string;
  /** For the leader of the group. */
  readonly metadata: Buffer;
}

export type JoinGroupResponse =
  | { readonly joined: false; readonly memberId: string }
  | {
      readonly joined: true;
      readonly memberId: string;
      readonly generationId: number;
      readonly leaderId: string;
      /** All members, if this one is to be the leader. */
      readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[];
    };

/** Resolves when all members have joined, or with the member id to join with. ResponseError for any error but 79. */
export function joinGroup(request: JoinGroup): WireRequest<JoinGroupResponse> {
  return {
    apiKey: 11,
    apiVersion: 6,
    apiName: 'JoinGroup',
    waitsMs: request.rebalanceTimeoutMs + NETWORK_DELAY_MS,
    encode() {
      const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, memberId, instanceId, protocol, metadata } = request;
      const writer = new FlexibleWriter().string(groupId).int32(sessionTimeoutMs).int32(rebalanceTimeoutMs);
      writer
        .string(memberId)
        .string(instanceId ?? null)
        .string('consumer');
      writer.array([protocol], (name) => void writer.string(name).bytes(metadata).tags());
      return writer.tags().encoded();
    },
    decode(reader) {
      reader.int32();
      const code = reader.int16();
      const generationId = reader.int32();
      reader.string();
      const leaderId = reader.string() ?? '';
      const memberId = reader.string() ?? '';
      if (code === MEMBER_ID_REQUIRED) return { joined: false, memberId };
      if (code !== 0) throw new ResponseError('JoinGroup', code);
      const members = reader.array(() => {
        const id = reader.string() ?? '';
        reader.string();
        const metadata = reader.bytes() ?? Buffer.alloc(0);
        reader.tags();
        return { memberId: id, metadata };
      });
      return { joined: true, memberId, generationId, leaderId, members };
    },
  };
}
