import { ResponseError, type WireRequest } from './ask-broker.ts';
import { type FlexibleReader, FlexibleWriter } from './flexible.ts';
import type { GroupMember } from './group-member.ts';

// Requests of the members of a group, in the first flexible version of each; the names of static members are in the one before it
// (KIP-345). Fields between the tag buffers of flexible.ts:
//
//   member          = group-id generation-id member-id instance-id
//   group-id, name, leader, protocol-type = compact-string
//   member-id       = compact-string                 ; empty: not a member yet
//   instance-id     = compact-string                 ; null: a dynamic member
//   metadata, assignment = compact-bytes             ; consumer-protocol.ts
//   generation-id, session-ms, rebalance-ms, throttle-ms = int32
//   status          = throttle-ms error-code
//   error-code      = int16
//
// JoinGroup, version 6:
//
//   request         = group-id session-ms rebalance-ms member-id instance-id protocol-type protocols
//   protocols       = compact-array                  ; of: name metadata tag-buffer
//   response        = status generation-id name leader member-id members ; error 79: to be asked again with this member id
//   members         = compact-array                  ; of: member-id instance-id metadata tag-buffer; for the leader only
//
// SyncGroup, version 4:
//
//   request         = member assignments
//   assignments     = compact-array                  ; of: member-id assignment tag-buffer; empty but from the leader
//   response        = status assignment
//
// Heartbeat, version 4:
//
//   request         = member
//   response        = status                         ; error 27: the group waits for its members to join the next generation
//
// LeaveGroup, version 4:
//
//   request         = group-id leaving
//   leaving         = compact-array                  ; of: member-id instance-id tag-buffer
//   response        = status left
//   left            = compact-array                  ; of: member-id instance-id error-code tag-buffer

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

export interface JoinedGroup {
  readonly memberId: string;
  readonly generationId: number;
  readonly leaderId: string;
  /** All members, if this one is to be the leader. */
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[];
}

/** Resolves when all members have joined, or with the member id to join with. ResponseError for any error but 79. */
export function joinGroup(request: JoinGroup): WireRequest<JoinedGroup | Pick<JoinedGroup, 'memberId'>> {
  const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, instanceId, protocol, metadata } = request;
  return {
    apiKey: 11,
    apiVersion: 6,
    apiName: 'JoinGroup',
    waitsMs: rebalanceTimeoutMs + NETWORK_DELAY_MS,
    encode() {
      const writer = new FlexibleWriter().string(groupId).int32(sessionTimeoutMs).int32(rebalanceTimeoutMs);
      writer
        .string(request.memberId)
        .string(instanceId ?? null)
        .string('consumer');
      writer.array([protocol], (name) => void writer.string(name).bytes(metadata).tags());
      return writer.tags().encoded();
    },
    decode(reader) {
      const code = readStatus(reader);
      const generationId = reader.int32();
      reader.string();
      const leaderId = reader.string() ?? '';
      const memberId = reader.string() ?? '';
      if (code === MEMBER_ID_REQUIRED) return { memberId };
      throwUnlessDone('JoinGroup', code);
      const members = reader.array(() => {
        const member = { memberId: reader.string() ?? '', instanceId: reader.string(), metadata: reader.bytes() ?? Buffer.alloc(0) };
        reader.tags();
        return member;
      });
      return { memberId, generationId, leaderId, members };
    },
  };
}

export interface SyncGroup {
  readonly groupId: string;
  readonly member: GroupMember;
  /** By member id, from the leader; else empty. */
  readonly assignments: ReadonlyMap<string, Buffer>;
  /** How long the leader may take, milliseconds. */
  readonly waitsMs: number;
}

/** Resolves with the assignment of this member, once the leader has sent all; else ResponseError. */
export function syncGroup({ groupId, member, assignments, waitsMs }: SyncGroup): WireRequest<Buffer> {
  return {
    apiKey: 14,
    apiVersion: 4,
    apiName: 'SyncGroup',
    waitsMs,
    encode() {
      const writer = writeMember(groupId, member);
      writer.array([...assignments], ([memberId, assignment]) => void writer.string(memberId).bytes(assignment).tags());
      return writer.tags().encoded();
    },
    decode(reader) {
      throwUnlessDone('SyncGroup', readStatus(reader));
      return reader.bytes() ?? Buffer.alloc(0);
    },
  };
}

/** Resolves where the member is in the current generation; else ResponseError. */
export function heartbeat(groupId: string, member: GroupMember): WireRequest<void> {
  return {
    apiKey: 12,
    apiVersion: 4,
    apiName: 'Heartbeat',
    encode: () => writeMember(groupId, member).tags().encoded(),
    decode: (reader) => throwUnlessDone('Heartbeat', readStatus(reader)),
  };
}

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
    decode: (reader) => throwUnlessDone('LeaveGroup', readStatus(reader)),
  };
}

/** The first fields of a request of a member in a generation. */
export function writeMember(groupId: string, { generationId, memberId, instanceId }: GroupMember): FlexibleWriter {
  return new FlexibleWriter()
    .string(groupId)
    .int32(generationId)
    .string(memberId)
    .string(instanceId ?? null);
}

function readStatus(reader: FlexibleReader): number {
  reader.int32();
  return reader.int16();
}

function throwUnlessDone(apiName: string, code: number): void {
  if (code !== 0) throw new ResponseError(apiName, code);
}
