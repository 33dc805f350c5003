import { ClassicReader, ClassicWriter } from './classic.ts';

// What members of a consumer group tell each other through the coordinator (ABNF, RFC 5234; fields as in classic.ts). Version 0, which
// every version of Switchboard writes: members of several versions are in a group during a rolling restart.
//
//   metadata        = version topics user-data       ; from each member to the leader
//   topics          = array                          ; of name
//   assignment      = version topic-partitions user-data ; from the leader to each member; empty: no partition
//   topic-partitions = array                         ; of: name partitions
//   partitions      = array                          ; of int32
//   version         = int16                          ; 0; later versions append fields
//   name            = string
//   user-data       = bytes                          ; in metadata: numbers; in an assignment: counts, empty from former versions
//   numbers         = *int32                         ; partitions that the member has; least significant octet first
//   counts          = array                          ; of: name int32; partitions of each topic that was shared out

const VERSION = 0;
const NUMBER_BYTES = 4;

export interface MemberMetadata {
  readonly topics: readonly string[];
  /** Partition numbers that the member has. A leader ignores negative ones. */
  readonly owned: readonly number[];
}

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** How many partitions each topic had when they were shared out. */
export type PartitionCounts = ReadonlyMap<string, number>;

export function encodeMetadata({ topics, owned }: MemberMetadata): Buffer {
  const writer = new ClassicWriter().int16(VERSION);
  writer.array(topics, (topic) => void writer.string(topic));
  const numbers = Buffer.alloc(owned.length * NUMBER_BYTES);
  for (const [index, number] of owned.entries()) numbers.writeInt32LE(number, index * NUMBER_BYTES);
  return writer.bytes(numbers).encoded().buffer;
}

/** Without topics where another program wrote it in another form. */
export function decodeMetadata(bytes: Buffer): MemberMetadata {
  try {
    const reader = new ClassicReader(bytes);
    reader.int16();
    const topics = reader.array(() => reader.string() ?? '');
    return { topics, owned: decodeNumbers(reader.bytes() ?? Buffer.alloc(0)) };
  } catch {
    return { topics: [], owned: [] };
  }
}

function decodeNumbers(bytes: Buffer): readonly number[] {
  if (bytes.length % NUMBER_BYTES !== 0) return [];
  return Array.from({ length: bytes.length / NUMBER_BYTES }, (_, index) => bytes.readInt32LE(index * NUMBER_BYTES));
}

/** Without `counts`: as former versions wrote it. */
export function encodeAssignment(assignment: Assignment, counts?: PartitionCounts): Buffer {
  const writer = new ClassicWriter().int16(VERSION);
  writer.array(Object.entries(assignment), ([topic, partitions]) => {
    writer.string(topic).array(partitions, (partition) => void writer.int32(partition));
  });
  const userData = new ClassicWriter();
  if (counts !== undefined) userData.array(counts, ([topic, count]) => void userData.string(topic).int32(count));
  return writer.bytes(userData.encoded().buffer).encoded().buffer;
}

/** `counts` is undefined where the leader did not write them. Throws RangeError where it ends too early. */
export function decodeAssignment(bytes: Buffer): { readonly assignment: Assignment; readonly counts: PartitionCounts | undefined } {
  if (bytes.length === 0) return { assignment: {}, counts: undefined };
  const reader = new ClassicReader(bytes);
  reader.int16();
  const assignment = reader.array((): [string, number[]] => [reader.string() ?? '', reader.array(() => reader.int32())]);
  const userData = new ClassicReader(reader.bytes() ?? Buffer.alloc(0));
  const readCounts = () => new Map(userData.array((): [string, number] => [userData.string() ?? '', userData.int32()]));
  return { assignment: Object.fromEntries(assignment), counts: userData.bytesLeft === 0 ? undefined : readCounts() };
}
