/** Counts the Kafka requests in the bytes that a connection sends. */
export interface FrameCounter {
  /** Takes the next bytes sent, in pieces of any size. */
  take(bytes: Uint8Array): void;
}

/** The size of a request, without itself, and its API key: `size:int32 apiKey:int16 …`. */
const HEAD_BYTES = 6;
const SIZE_BYTES = 4;
/** Above every API key of Kafka. */
const END_OF_API_KEYS = 128;

/** Calls `onRequest` with the API key of each request. */
export function createFrameCounter(onRequest: (apiKey: number) => void): FrameCounter {
  const head = Buffer.alloc(HEAD_BYTES);
  let known = 0;
  let left = 0;
  return {
    take(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (left > 0) {
          const passed = Math.min(left, bytes.length - at);
          left -= passed;
          at += passed;
          continue;
        }
        head[known] = bytes[at] as number;
        known += 1;
        at += 1;
        if (known < HEAD_BYTES) continue;
        known = 0;
        left = head.readInt32BE(0) - (HEAD_BYTES - SIZE_BYTES);
        onRequest(head.readInt16BE(SIZE_BYTES));
      }
    },
  };
}

/**
 * Whether a connection that begins with these bytes speaks to a broker, with any request: kafkajs asks for the versions on the first of
 * its two connections only. HTTP begins with letters, TLS with 22, a request with a size below 16 MiB and an API key.
 */
export function isKafkaStart(bytes: Uint8Array): boolean {
  return bytes.length >= HEAD_BYTES && bytes[0] === 0 && bytes[4] === 0 && (bytes[5] as number) < END_OF_API_KEYS;
}
