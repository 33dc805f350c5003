import type { KafkaMessage } from 'kafkajs';
import type { Header, LogRecord } from './log.ts';

/** A record as kafkajs decoded it, in the log's own terms. */
export function toLogRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: toHeaders(message.headers),
  };
}

/** kafkajs gathers headers of one name into an array, and a header without a value becomes undefined or null. */
function toHeaders(headers: KafkaMessage['headers']): readonly Header[] {
  if (headers === undefined) return [];
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): Header => [name, toBytes(each)]),
  );
}

function toBytes(value: Buffer | string | null | undefined): Buffer {
  if (value === null || value === undefined) return Buffer.alloc(0);
  return typeof value === 'string' ? Buffer.from(value) : value;
}
