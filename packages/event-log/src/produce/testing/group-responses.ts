import { type FlexibleReader, FlexibleWriter } from '../../wire/flexible.ts';
import type { GroupMember } from '../../wire/group-member.ts';

export interface FakeOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly metadata?: string;
  readonly errorCode?: number;
}

interface CommittedPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly metadata: string;
}

/** Member and offsets of a TxnOffsetCommit request, version 3. */
export function readTxnOffsetCommit(reader: FlexibleReader): {
  readonly member: GroupMember;
  readonly positions: readonly CommittedPosition[];
} {
  reader.string();
  reader.string();
  reader.int64();
  reader.int16();
  const generationId = reader.int32();
  const memberId = reader.string() ?? '';
  reader.string();
  const positions = reader.array(() => {
    const topic = reader.string() ?? '';
    const ofTopic = reader.array(() => {
      const partition = reader.int32();
      const offset = reader.int64();
      reader.int32();
      const metadata = reader.string() ?? '';
      reader.tags();
      return { topic, partition, offset, metadata };
    });
    reader.tags();
    return ofTopic;
  });
  return { member: { memberId, generationId }, positions: positions.flat() };
}

export function encodeTxnOffsetCommitResponse(positions: readonly CommittedPosition[], errorCode: number): Buffer {
  const writer = new FlexibleWriter().int32(0);
  writer.array(positions, ({ topic, partition }) => {
    writer.string(topic).array([partition], (index) => {
      writer.int32(index).int16(errorCode).tags();
    });
    writer.tags();
  });
  return writer.tags().encoded().buffer;
}

export function encodeOffsetFetchResponse(offsets: readonly FakeOffset[]): Buffer {
  const writer = new FlexibleWriter().int32(0);
  writer.array(offsets, ({ topic, partition, offset, metadata = null, errorCode = 0 }) => {
    writer.string(topic).array([partition], (index) => {
      writer.int32(index).int64(BigInt(offset)).int32(-1).string(metadata).int16(errorCode).tags();
    });
    writer.tags();
  });
  return writer.int16(0).tags().encoded().buffer;
}
