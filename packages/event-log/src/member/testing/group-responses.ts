import { createRequire } from 'node:module';
import { kafkajsPath } from '../../kafkajs/patches/load-kafkajs.ts';
import { decodeMetadata } from '../../wire/consumer-protocol.ts';
import { type FlexibleReader, FlexibleWriter } from '../../wire/flexible.ts';

const require = createRequire(import.meta.url);
const { KafkaJSConnectionClosedError } = require(kafkajsPath('src/errors.js')) as {
  KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
};

export const connectionClosed = (): Error => new KafkaJSConnectionClosedError('Closed connection', { host: 'node', port: 9092 });

/** As kafkajs throws it where the metadata of a topic has an error. */
export const topicFailed = (): Error =>
  Object.assign(new Error('refused'), { name: 'KafkaJSProtocolError', type: 'TOPIC_AUTHORIZATION_FAILED', code: 29 });

export type GroupApi = 'FindCoordinator' | 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup' | 'OffsetCommit' | 'OffsetFetch';

export interface GroupState {
  generation: number;
  /** The member is told that another one leads, and that this is its assignment; else it leads and shares out itself. */
  assignment: Buffer | undefined;
  /** By topic. */
  partitions: Record<string, number>;
  /** Offsets that the group has committed, of partition 0 of the topic. */
  committed: Record<string, bigint>;
  /** Log start and end offset of all partitions. */
  range: { start: number; end: number };
  /** Member ids that were given. */
  members: number;
}

interface Response {
  readonly described: string;
  readonly body: Buffer;
}

type Handler = (state: GroupState, reader: FlexibleReader, writer: FlexibleWriter, code: number) => string;

/** The response to a request, and what tests see of the request. */
export function respond(state: GroupState, api: GroupApi, reader: FlexibleReader, code: number): Response {
  const writer = new FlexibleWriter().int32(0);
  const described = `${api} ${HANDLERS[api](state, reader, writer, code)}`;
  return { described, body: writer.tags().encoded().buffer };
}

const HANDLERS: Readonly<Record<GroupApi, Handler>> = {
  FindCoordinator(_state, reader, writer, code) {
    writer.int16(code).string(null).int32(1).string('node').int32(9092);
    return reader.string() ?? '';
  },
  JoinGroup(state, reader, writer, code) {
    reader.string();
    reader.int32();
    reader.int32();
    const memberId = reader.string() ?? '';
    const instanceId = reader.string();
    reader.string();
    const [metadata = Buffer.alloc(0)] = reader.array(() => {
      reader.string();
      return reader.bytes() ?? Buffer.alloc(0);
    });
    const asksForId = code === 79 || (code === 0 && memberId === '' && instanceId === null);
    if (memberId === '') state.members += 1;
    const id = memberId === '' ? `member-${state.members}` : memberId;
    const leads = state.assignment === undefined && code === 0 && !asksForId;
    writer
      .int16(asksForId ? 79 : code)
      .int32(state.generation)
      .string('p');
    writer.string(leads ? id : 'another member').string(id);
    writer.array(leads ? [id] : [], (each) => void writer.string(each).string(null).bytes(metadata).tags());
    return `${memberId} ${instanceId} owned ${decodeMetadata(metadata).owned.join()}`;
  },
  SyncGroup(state, reader, writer, code) {
    const member = readMember(reader);
    const [own] = reader.array(() => {
      reader.string();
      const assignment = reader.bytes();
      reader.tags();
      return assignment;
    });
    writer.int16(code).bytes(state.assignment ?? own ?? Buffer.alloc(0));
    return member;
  },
  Heartbeat(_state, reader, writer, code) {
    writer.int16(code);
    return readMember(reader);
  },
  LeaveGroup(_state, reader, writer, code) {
    writer.int16(code).array([], () => undefined);
    reader.string();
    return reader.array(() => reader.string()).join();
  },
  OffsetCommit(_state, reader, writer, code) {
    writer.array(['in'], (topic) => {
      writer.string(topic).array([0], (partition) => void writer.int32(partition).int16(code).tags());
      writer.tags();
    });
    return readMember(reader);
  },
  OffsetFetch(state, reader, writer, code) {
    reader.string();
    const asked = reader.array(() => {
      const topic = reader.string() ?? '';
      const partitions = reader.array(() => reader.int32());
      reader.tags();
      return { topic, partitions };
    });
    writer.array(asked, ({ topic, partitions }) => {
      writer.string(topic).array(partitions, (partition) => {
        const offset = partition === 0 ? (state.committed[topic] ?? -1n) : -1n;
        writer.int32(partition).int64(offset).int32(-1).string('').int16(0).tags();
      });
      writer.tags();
    });
    writer.int16(code);
    return asked.map(({ topic, partitions }) => `${topic} ${partitions.join()}`).join(' ');
  },
};

/** Generation, member id and instance id. */
function readMember(reader: FlexibleReader): string {
  reader.string();
  return `${reader.int32()} ${reader.string()} ${reader.string()}`;
}
