import { createRequire } from 'node:module';
import { kafkajsPath } from '../../kafkajs/patches/load-kafkajs.ts';

const require = createRequire(import.meta.url);
const Decoder = require(kafkajsPath('src/protocol/decoder.js')) as new (bytes: Buffer) => object;
const decodeRecordBatch = require(kafkajsPath('src/protocol/recordBatch/v0/decoder.js')) as (decoder: object) => Promise<{
  producerId: string;
  firstSequence: number;
  inTransaction: boolean;
  records: { value: Buffer }[];
}>;

/** A batch of a Produce request. */
export interface Produced {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly sequence: number;
  readonly values: readonly string[];
}

export interface ProduceResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
}

/** What the stock module passes to `Broker.produce`. */
export interface StockProduce {
  readonly producerId: string | number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly { readonly value: Buffer | string }[];
    }[];
  }[];
}

/** The batches of a request of the stock module. */
export function readStockProduce({ producerId, topicData }: StockProduce): readonly Produced[] {
  return topicData.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, firstSequence, messages }) => ({
      topic,
      partition,
      producerId: String(producerId),
      sequence: firstSequence,
      values: messages.map(({ value }) => String(value)),
    })),
  );
}

/** Reads a Produce request, version 7, and its record batches with kafkajs's own decoder. */
export async function decodeProduceRequest(request: Buffer): Promise<readonly Produced[]> {
  const produced: Produced[] = [];
  const transactionalIdBytes = Math.max(0, request.readInt16BE(0));
  let at = 2 + transactionalIdBytes + 2 + 4;
  let topics = request.readInt32BE(at);
  at += 4;
  for (; topics > 0; topics -= 1) {
    const nameBytes = request.readInt16BE(at);
    const topic = request.toString('utf8', at + 2, at + 2 + nameBytes);
    at += 2 + nameBytes;
    let partitions = request.readInt32BE(at);
    at += 4;
    for (; partitions > 0; partitions -= 1) {
      const partition = request.readInt32BE(at);
      const size = request.readInt32BE(at + 4);
      const { producerId, firstSequence, records } = await decodeRecordBatch(new Decoder(request.subarray(at + 8, at + 8 + size)));
      produced.push({ topic, partition, producerId, sequence: firstSequence, values: records.map(({ value }) => value.toString()) });
      at += 8 + size;
    }
  }
  return produced;
}

export function encodeProduceResponse(results: readonly ProduceResult[]): Buffer {
  const topics = results.map(({ topic, partition, errorCode, baseOffset }) => {
    const name = Buffer.from(topic);
    const bytes = Buffer.alloc(2 + name.length + 4 + 30);
    bytes.writeInt16BE(name.length, 0);
    name.copy(bytes, 2);
    let at = bytes.writeInt32BE(1, 2 + name.length);
    at = bytes.writeInt32BE(partition, at);
    at = bytes.writeInt16BE(errorCode, at);
    at = bytes.writeBigInt64BE(BigInt(baseOffset), at);
    return bytes;
  });
  const count = Buffer.alloc(4);
  count.writeInt32BE(topics.length, 0);
  return Buffer.concat([count, ...topics, Buffer.alloc(4)]);
}
