import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openConnection, StockConnection } from '../testing/open-connection.ts';
import { type ConnectionClass, freshConnection } from './fresh-connection.ts';

// Each request on a connection that is not connected connects it. Two at a time opened two sockets, of which the first could neither be
// let go any more nor kept from speaking for the connection: when a broker ended it as idle, the requests on the other one failed.

let server: Server;
let sockets: Socket[];
let port: number;

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

async function connectTwice(Class: ConnectionClass): Promise<number> {
  const connection = openConnection(Class, port);
  await Promise.all([connection.connect(), connection.connect()]);
  expect(connection.isConnected()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await connection.disconnect();
  return sockets.length;
}

it('a connection that two ask for at a time has one socket', async () => {
  expect(await connectTwice(freshConnection(StockConnection))).toBe(1);
});

it('is needed: the stock module opens two', async () => {
  expect(await connectTwice(StockConnection)).toBe(2);
});
