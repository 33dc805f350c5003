import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createHttpExchange } from '../../../../test/bench/support/http-exchange.ts';
import { paceUnknownPeers } from './entrance.ts';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
const KNOWN = '127.0.0.2';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server whose next turn begins when the test says so. */
async function startPacedServer() {
  const server = createServer((_request, response) => response.end());
  const turns: (() => void)[] = [];
  Object.assign(server, { pauseOnConnect: true });
  paceUnknownPeers({ server, isKnown: (address) => address === KNOWN, nextTurn: (callback) => turns.push(callback) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  let answered = 0;
  return {
    send(localAddress: string): Promise<number> {
      const exchange = createHttpExchange(port, { localAddress });
      closers.push(() => exchange.close());
      return exchange.send(REQUEST).then((status) => {
        answered += 1;
        return status;
      });
    },
    nextTurn: () => turns.shift()?.(),
    accepted: () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))),
    answered: () => answered,
  };
}

it('serves five unknown peers two in a turn, and loses no request', async () => {
  const paced = await startPacedServer();
  const unknown = [1, 2, 3, 4, 5].map(() => paced.send('127.0.0.1'));
  await expect.poll(paced.accepted).toBe(5);
  await expect.poll(paced.answered).toBe(2);
  paced.nextTurn();
  await expect.poll(paced.answered).toBe(4);
  paced.nextTurn();
  expect(await Promise.all(unknown)).toEqual([200, 200, 200, 200, 200]);
});

it('serves a known peer at once while 48 unknown ones wait', async () => {
  const paced = await startPacedServer();
  for (let peer = 0; peer < 50; peer += 1) void paced.send('127.0.0.1').catch(() => undefined);
  await expect.poll(paced.accepted).toBe(50);
  expect(await paced.send(KNOWN)).toBe(200);
  expect(paced.answered()).toBe(3);
});
