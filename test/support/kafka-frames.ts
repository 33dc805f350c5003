/** Splits a stream into the messages of Kafka's protocol, each with its length in front. */
export function createFrameSplitter(): (chunk: Buffer) => readonly Buffer[] {
  let chunks: Buffer[] = [];
  let received = 0;
  let needed = 4;
  return (chunk) => {
    chunks.push(chunk);
    received += chunk.length;
    const frames: Buffer[] = [];
    while (received >= needed) {
      const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
      const length = 4 + bytes.readInt32BE(0);
      if (bytes.length < length) {
        chunks = [bytes];
        needed = length;
        break;
      }
      frames.push(bytes.subarray(0, length));
      chunks = [bytes.subarray(length)];
      received -= length;
      needed = 4;
    }
    return frames;
  };
}

/** What is sent and answered, by the numbers of the protocol. */
export const apiKeys = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  offsetCommit: 8,
  findCoordinator: 10,
  joinGroup: 11,
  heartbeat: 12,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
} as const;

export type ApiName = keyof typeof apiKeys;

/** The api key and the correlation id of a request. */
export function readRequest(frame: Buffer): { readonly apiKey: number; readonly correlationId: number } {
  return { apiKey: frame.readInt16BE(4), correlationId: frame.readInt32BE(8) };
}

/** The correlation id of an answer. */
export function readAnswer(frame: Buffer): { readonly correlationId: number } {
  return { correlationId: frame.readInt32BE(4) };
}
