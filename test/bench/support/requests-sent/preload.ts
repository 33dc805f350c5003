/**
 * Preloaded into a service with `--import <this file>?directory=…`: counts the requests that the process sends to brokers, whichever
 * client sends them, and tells the counts by API key on the socket `<directory>/<pid>.sock`.
 */
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { isMainThread } from 'node:worker_threads';
import { createFrameCounter, type FrameCounter, isKafkaStart } from './frame-counter.ts';

const counts: Record<string, number> = {};
/** Null for a connection to something else than a broker. */
const counters = new WeakMap<Socket, FrameCounter | null>();

function counterOf(socket: Socket, bytes: Uint8Array): FrameCounter | null {
  const known = counters.get(socket);
  if (known !== undefined) return known;
  const made = isKafkaStart(bytes)
    ? createFrameCounter((apiKey) => {
        counts[apiKey] = (counts[apiKey] ?? 0) + 1;
      })
    : null;
  counters.set(socket, made);
  return made;
}

const directory = new URL(import.meta.url).searchParams.get('directory');
if (isMainThread && directory !== null) {
  Object.defineProperty(Socket.prototype, 'write', {
    configurable: true,
    writable: true,
    value(this: Socket, ...args: Parameters<Writable['write']>) {
      const chunk: unknown = args[0];
      if (chunk instanceof Uint8Array) counterOf(this, chunk)?.take(chunk);
      return Writable.prototype.write.apply(this, args);
    },
  });
  createServer((socket) => socket.on('error', () => {}).end(JSON.stringify(counts)))
    .listen(join(directory, `${process.pid}.sock`))
    .unref();
}
