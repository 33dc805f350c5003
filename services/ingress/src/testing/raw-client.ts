import { connect, type Socket } from 'node:net';

/** A socket that does not close when its peer does, as a client does that wants to hold its place. */
export interface RawClient {
  readonly socket: Socket;
  /** All that was received. */
  received(): string;
  /** Statuses of the responses received. */
  statuses(): number[];
  /** True once the peer has ended its side. */
  ended(): boolean;
  destroy(): void;
}

/** Connects and sends the bytes. */
export async function rawClient(port: number, bytes = '', localAddress = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
  let received = '';
  let ended = false;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('end', () => {
    ended = true;
  });
  socket.on('error', () => {
    ended = true;
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  if (bytes !== '') socket.write(bytes);
  return {
    socket,
    received: () => received,
    statuses: () => [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1])),
    ended: () => ended,
    destroy: () => void socket.destroy(),
  };
}
