import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, openConnection as open, StockConnection as Stock } from '../testing/open-connection.ts';
import { type ConnectionClass, freshConnection } from './fresh-connection.ts';

const CORRELATION_ID_AT = 8;

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

/** A server that cuts its first connection in the middle of an answer and answers `ok` on the others. */
async function startServer(): Promise<number> {
  let first = true;
  server = createServer((socket: Socket) => {
    const cut = first;
    first = false;
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      const answer = Buffer.concat([Buffer.alloc(4), request.subarray(CORRELATION_ID_AT, CORRELATION_ID_AT + 4), Buffer.from('ok')]);
      answer.writeInt32BE(answer.length - 4);
      if (cut) socket.end(answer.subarray(0, 7));
      else socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('freshConnection', () => {
  it('reads the answers of a new socket after the last one was cut in the middle of an answer', async () => {
    const connection = open(freshConnection(Stock), await startServer());
    await expect(ask(connection)).rejects.toThrow('Closed connection');
    await expect.poll(() => connection.isConnected()).toBe(false);
    expect(await ask(connection)).toBe('ok');
    expect(await ask(connection)).toBe('ok');
    await connection.disconnect();
  });

  it('is needed: the stock module finds no answer any more', async () => {
    const connection = open(Stock, await startServer());
    await expect(ask(connection)).rejects.toThrow('Closed connection');
    await expect.poll(() => connection.isConnected()).toBe(false);
    await expect(ask(connection)).rejects.toThrow('timed out');
    connection.socket?.destroy();
  });

  async function disconnectOften(Class: ConnectionClass): Promise<number> {
    const connection = open(Class, await startServer());
    await connection.connect();
    const { socket } = connection;
    for (let count = 0; count < 5; count += 1) {
      await connection.disconnect();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return socket?.listenerCount('connect') ?? 0;
  }

  it('leaves nothing on a socket that it has ended, however often it is disconnected', async () => {
    expect(await disconnectOften(freshConnection(Stock))).toBeLessThan(2);
  });

  it('is needed for that: the stock module adds a listener each time', async () => {
    expect(await disconnectOften(Stock)).toBeGreaterThan(2);
  });
});
