import { once } from 'node:events';
import { createServer, type IncomingMessage, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { Growth, Unreserved } from '../edge/unauthenticated-budget.ts';
import { type BodyOutcome, readBody } from './read-body.ts';

/** A server that reads one body, small up to 1,000 bytes, and gives room for a large one after a while, or never. */
async function serveOne(roomAfterMs: number | 'never') {
  const asked: (readonly [bytes: number, unreserved: number])[] = [];
  const waits = Promise.withResolvers<Unreserved>();
  const outcome = Promise.withResolvers<BodyOutcome>();
  const server = createServer((request: IncomingMessage, response) => {
    const grow = (bytes: number, unreserved?: Unreserved): Growth | Promise<Growth> => {
      asked.push([bytes, unreserved?.bytes ?? 0]);
      if (unreserved === undefined) return undefined;
      waits.resolve(unreserved);
      return roomAfterMs === 'never' ? new Promise(() => undefined) : pause(roomAfterMs, undefined);
    };
    const unauthenticated = { declaredBytes: undefined, smallBytes: 1_000, minBytesPerSecond: 2_000 };
    readBody(request, { maxBytes: 100_000, permit: { grow }, onRoom: () => undefined, unauthenticated }, (read) => {
      outcome.resolve(read);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    outcome: outcome.promise,
    waits: waits.promise,
    send: () => sendRequest({ host: '127.0.0.1', port, method: 'POST', agent: false }),
  };
}

it('does not count the time in which a chunked body waits for room against its rate: 3,000 bytes, 3 s, 2,000 bytes a second', async () => {
  const { asked, outcome, send } = await serveOne(3_000);
  const sender = send();
  sender.write(Buffer.alloc(3_000, 'a'));
  await pause(3_500);
  sender.end(Buffer.alloc(10, 'b'));
  const read = await outcome;
  expect([read.ok && read.body.length, asked]).toEqual([
    3_010,
    [
      [1_000, 0],
      [99_000, 2_000],
    ],
  ]);
});

it('refuses a chunked body of less than the rate once there is room: 3,000 bytes, 2,000 bytes a second', async () => {
  const { outcome, send } = await serveOne(100);
  const sender = send();
  sender.on('error', () => undefined);
  sender.write(Buffer.alloc(3_000, 'a'));
  expect(await outcome).toMatchObject({ ok: false, outcome: { code: 'ERR_INGRESS_BODY_TOO_SLOW' } });
  sender.destroy();
});

it('ends a chunked body that is dropped while it waits 5 s later, for its sender may try again at once', async () => {
  const { waits, outcome, send } = await serveOne('never');
  const sender = send();
  sender.on('error', () => undefined);
  sender.write(Buffer.alloc(3_000, 'a'));
  const { drop } = await waits;
  const droppedAt = performance.now();
  drop();
  expect(await outcome).toEqual({ ok: false, outcome: { kind: 'unavailable', code: 'ERR_INGRESS_EVICTED' } });
  expect(performance.now() - droppedAt).toBeGreaterThan(4_900);
  sender.destroy();
});

it('reads a chunked body that came whole in one packet and waits for room: 20,000 bytes', async () => {
  const { asked, outcome, send } = await serveOne(300);
  const sender = send();
  sender.setHeader('transfer-encoding', 'chunked');
  sender.end(Buffer.alloc(20_000, 'a'));
  const read = await outcome;
  expect([read.ok && read.body.length, asked.length]).toEqual([20_000, 2]);
});

it('refuses a body that waits for 10 s', async () => {
  const { outcome, send } = await serveOne('never');
  const sender = send();
  sender.on('error', () => undefined);
  sender.write(Buffer.alloc(3_000, 'a'));
  expect(await outcome).toEqual({ ok: false, outcome: { kind: 'unavailable', code: 'ERR_INGRESS_EVICTED' } });
  sender.destroy();
});
