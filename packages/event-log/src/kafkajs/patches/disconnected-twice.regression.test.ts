import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { type Connection, freshConnection } from './fresh-connection.ts';

// kafkajs counts a connection as connected while it disconnects. Told to a second time, after the first had let go of the socket, it
// did so without one: a request that came meanwhile found nothing to write to, and a consumer ended by that TypeError.

/** What matters of kafkajs's Connection. */
class Stock implements Connection {
  socket?: Socket = new Socket();
  chunks: Buffer[] = [];
  bytesBuffered = 0;
  bytesNeeded = 4;
  pending = Promise.withResolvers<void>();
  connected = true;
  disconnects = 0;

  isConnected(): boolean {
    return this.connected;
  }

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {
    this.connected = true;
    this.disconnects += 1;
    await this.pending.promise;
    this.connected = false;
  }
}

function open(): Stock {
  return new (freshConnection(Stock) as unknown as new () => Stock)();
}

it('counts as connected only while there is a socket', async () => {
  const connection = open();
  connection.pending.resolve();
  await connection.disconnect();
  connection.pending = Promise.withResolvers();
  const again = connection.disconnect();
  expect([connection.socket, connection.isConnected()]).toEqual([undefined, false]);
  connection.pending.resolve();
  await again;
});

it('disconnects once for all who ask at the same time', async () => {
  const connection = open();
  const [first, second] = [connection.disconnect(), connection.disconnect()];
  connection.pending.resolve();
  await Promise.all([first, second]);
  expect([connection.disconnects, connection.socket, connection.isConnected()]).toEqual([1, undefined, false]);
});
