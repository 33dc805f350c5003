import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, openConnection, StockConnection } from '../testing/open-connection.ts';
import { freshConnection } from './fresh-connection.ts';

// A connection that was let go while it was connecting connected all the same, and then counted as connected without a socket: the next
// request found nothing to write to, and a consumer ended by that TypeError.

let server: Server;
let port: number;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.close();
});

it('a connection that was let go while it was connecting never counts as connected', async () => {
  const connection = openConnection(freshConnection(StockConnection), port);
  const connecting = connection.connect();
  connecting.catch(() => undefined);
  await connection.disconnect();
  const seen: boolean[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    seen.push(connection.isConnected());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(seen).not.toContain(true);
  await expect(connecting).rejects.toThrow('let go');
});

it('and connects anew when it is asked to, with nothing of the first socket in the way', async () => {
  const connection = openConnection(freshConnection(StockConnection), port);
  connection.connect().catch(() => undefined);
  await connection.disconnect();
  await connection.connect();
  expect(connection.isConnected()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(connection.isConnected()).toBe(true);
  // The server answers nothing: the request goes out and is waited for.
  await expect(ask(connection)).rejects.toThrow('timed out');
  await connection.disconnect();
});
