import { connect } from 'node:net';
import { createReader, createWriter, type Reader } from './bytes.ts';

/** One request of Kafka's protocol: https://kafka.apache.org/protocol names keys, versions and fields. */
export interface WireRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  /** From this request's version on, headers carry tagged fields. */
  readonly flexible: boolean;
  readonly body: Buffer;
}

const CLIENT_ID = 'switchboard-local-stack';
const CORRELATION = 1;
const LONGEST_ANSWER = 16 * 1024 * 1024;

/** Sends one request over a connection of its own and resolves with the answer's body. Rejects when there is none within `timeoutMs`. */
export function askBroker(port: number, request: WireRequest, timeoutMs = 5_000): Promise<Reader> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const chunks: Buffer[] = [];
    let received = 0;
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer on port ${port} within ${timeoutMs} ms`)), timeoutMs);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`port ${port} closed the connection`));
    });
    socket.once('error', fail);
    socket.once('connect', () => socket.write(frame(request)));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received < 4) return;
      const message = Buffer.concat(chunks);
      const length = message.readInt32BE(0);
      if (length < 4 || length > LONGEST_ANSWER) fail(new Error(`port ${port} does not speak Kafka's protocol`));
      if (received < length + 4) return;
      const reader = createReader(message.subarray(4, length + 4));
      reader.int32();
      if (request.flexible) reader.tags();
      resolve(reader);
      socket.destroy();
    });
  });
}

function frame(request: WireRequest): Buffer {
  const header = createWriter().int16(request.apiKey).int16(request.apiVersion).int32(CORRELATION).string(CLIENT_ID);
  if (request.flexible) header.noTags();
  const message = Buffer.concat([header.bytes(), request.body]);
  return Buffer.concat([createWriter().int32(message.length).bytes(), message]);
}
