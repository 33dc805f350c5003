import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { apiKeys, createFrameSplitter } from './kafka-frames.ts';
import { startKafkaProxy } from './kafka-proxy.ts';
import type { ProxyRule } from './kafka-proxy-connection.ts';

const framed = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};

function request(apiKey: number, correlationId: number): Buffer {
  const body = Buffer.alloc(10);
  body.writeInt16BE(apiKey, 0);
  body.writeInt32BE(correlationId, 4);
  return framed(body);
}

/** A broker that answers every request with its correlation id. */
async function startBroker(): Promise<{ readonly port: number; readonly taken: number[] }> {
  const taken: number[] = [];
  const server = createServer((socket) => {
    const split = createFrameSplitter();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const frame of split(chunk)) {
        taken.push(frame.readInt32BE(8));
        socket.write(framed(frame.subarray(8, 12)));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, taken };
}

interface Client {
  readonly socket: Socket;
  /** Correlation ids answered so far. */
  readonly answered: number[];
  until(count: number): Promise<void>;
}

async function setUp(...rules: readonly ProxyRule[]) {
  const broker = await startBroker();
  const proxy = await startKafkaProxy({ brokers: 1, seed: 1 });
  onTestFinished(() => proxy.stop());
  proxy.connectTo([broker.port]);
  proxy.setRules(rules);
  const open = (): Client => {
    const socket = connect(proxy.ports[0] ?? 0, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const answered: number[] = [];
    const split = createFrameSplitter();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const frame of split(chunk)) answered.push(frame.readInt32BE(4));
      socket.emit('answered');
    });
    const until = async (count: number): Promise<void> => {
      while (answered.length < count) await once(socket, 'answered');
    };
    return { socket, answered, until };
  };
  return { broker, proxy, open };
}

it('passes messages on, also those that come in pieces', async () => {
  const { open } = await setUp();
  const client = open();
  const bytes = Buffer.concat([request(apiKeys.fetch, 1), request(apiKeys.produce, 2)]);
  for (const byte of bytes) client.socket.write(Buffer.from([byte]));
  await client.until(2);
  expect(client.answered).toEqual([1, 2]);
});

it('drops the answer of one api and passes those of others', async () => {
  const { open, proxy } = await setUp({ api: 'endTxn', action: 'drop-answer', oneIn: 1, most: 1 });
  const client = open();
  client.socket.write(Buffer.concat([request(apiKeys.endTxn, 1), request(apiKeys.fetch, 2), request(apiKeys.endTxn, 3)]));
  await client.until(2);
  expect(client.answered).toEqual([2, 3]);
  expect(proxy.counts()).toEqual({ 'endTxn drop-answer': 1 });
});

it('cuts the connection in place of an answer, after the broker has done what was asked', async () => {
  const { broker, open } = await setUp({ api: 'produce', action: 'cut-answer', oneIn: 1 });
  const client = open();
  client.socket.write(request(apiKeys.produce, 1));
  await once(client.socket, 'close');
  expect(client.answered).toEqual([]);
  expect(broker.taken).toEqual([1]);
});

it('delays an answer, and with it those behind it', async () => {
  const { open } = await setUp({ api: 'produce', action: 'delay-answer', oneIn: 1, delayMs: 100 });
  const client = open();
  client.socket.write(Buffer.concat([request(apiKeys.produce, 1), request(apiKeys.fetch, 2)]));
  await client.until(2);
  expect(client.answered).toEqual([1, 2]);
});

it('brings a held request to the broker although the client has gone, after what it sent on another connection', async () => {
  const { broker, open } = await setUp({ api: 'endTxn', action: 'hold-request', oneIn: 1, delayMs: 2_000, most: 1 });
  const first = open();
  first.socket.write(request(apiKeys.endTxn, 1));
  await once(first.socket, 'connect');
  // The proxy must have the request before the connection ends.
  await new Promise((resolve) => setTimeout(resolve, 50));
  first.socket.destroy();
  const second = open();
  second.socket.write(request(apiKeys.endTxn, 2));
  await second.until(1);
  expect(broker.taken).toEqual([2]);
  while (broker.taken.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(broker.taken).toEqual([2, 1]);
});

it('closes connections while no broker is known', async () => {
  const proxy = await startKafkaProxy({ brokers: 1, seed: 1 });
  onTestFinished(() => proxy.stop());
  const socket = connect(proxy.ports[0] ?? 0, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'close');
});
