import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadStockModule } from '../testing/load-stock-module.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import { type BrokerClass, greetedBroker } from './greeted-broker.ts';
import { kafkajsPath, loadKafkajs, replacedModules } from './load-kafkajs.ts';

// A broker that did not answer the first question of a connection in time counted as connected at the next try: a service that was
// starting then ended by "Broker not connected".

const METADATA = 3;

loadKafkajs();
const ConnectionPool = createRequire(import.meta.url)(kafkajsPath('src/network/connectionPool.js')) as new (options: object) => object;
const StockBroker = loadStockModule(replacedModules.broker) as BrokerClass;

let server: Server;
let sockets: Socket[];
let asked: number;

/** Answers every question but the first: what it knows is version 0 of Metadata. */
function answerLate(socket: Socket): void {
  sockets.push(socket);
  socket.on('data', (request) => {
    asked += 1;
    if (asked === 1) return;
    const answer = Buffer.alloc(24);
    answer.writeInt32BE(20, 0);
    answer.writeInt32BE(request.readInt32BE(8), 4);
    answer.writeInt32BE(1, 10);
    answer.writeInt16BE(METADATA, 14);
    socket.write(answer);
  });
}

function open(Class: BrokerClass): InstanceType<BrokerClass> {
  const connectionPool = new ConnectionPool({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    logger: quietLogger,
    requestTimeout: 2_000,
    connectionTimeout: 2_000,
    socketFactory: (to: { host: string; port: number; onConnect: () => void }) => connect({ host: to.host, port: to.port }, to.onConnect),
  });
  return new Class({ connectionPool, logger: quietLogger } as never);
}

beforeEach(async () => {
  sockets = [];
  asked = 0;
  server = createServer(answerLate);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('a broker whose first question was not answered is asked again', async () => {
  const broker = open(greetedBroker(StockBroker));
  await expect(broker.connect()).rejects.toThrow('timed out');
  expect(broker.isConnected()).toBe(false);
  await broker.connect();
  expect(asked).toBe(2);
  expect(broker.isConnected()).toBe(true);
  expect(broker.lookupRequest).not.toThrow('Broker not connected');
});

it('the stock one counts as connected and knows nothing', async () => {
  const broker = open(StockBroker);
  await expect(broker.connect()).rejects.toThrow('timed out');
  expect(broker.isConnected()).toBe(true);
  await broker.connect();
  expect(asked).toBe(1);
  expect(broker.lookupRequest).toThrow('Broker not connected');
});
