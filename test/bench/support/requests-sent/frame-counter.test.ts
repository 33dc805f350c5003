import { describe, expect, it } from 'vitest';
import { createFrameCounter, isKafkaStart } from './frame-counter.ts';

/** A request of an API key with so many bytes after it. */
function request(apiKey: number, rest: number): Buffer {
  const bytes = Buffer.alloc(6 + rest, 0xff);
  bytes.writeInt32BE(2 + rest, 0);
  bytes.writeInt16BE(apiKey, 4);
  return bytes;
}

describe('the counter of Kafka requests', () => {
  it.each([1, 2, 5, 7, 1_000])('counts three requests that are sent in pieces of %i bytes', (size) => {
    const bytes = Buffer.concat([request(18, 20), request(0, 300), request(26, 0)]);
    const seen: number[] = [];
    const counter = createFrameCounter((apiKey) => seen.push(apiKey));
    for (let at = 0; at < bytes.length; at += size) counter.take(bytes.subarray(at, at + size));
    expect(seen).toEqual([18, 0, 26]);
  });

  it('tells a connection to a broker from HTTP and TLS by its first bytes', () => {
    expect(isKafkaStart(request(18, 20))).toBe(true);
    expect(isKafkaStart(request(17, 20))).toBe(true);
    // The first request of the connection for Fetch.
    expect(isKafkaStart(request(1, 80))).toBe(true);
    expect(isKafkaStart(Buffer.from('POST / HTTP/1.1\r\n'))).toBe(false);
    expect(isKafkaStart(Buffer.from([22, 3, 1, 2, 0, 1, 0, 1]))).toBe(false);
    expect(isKafkaStart(Buffer.alloc(3))).toBe(false);
  });
});
