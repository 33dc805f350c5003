import { createRequire } from 'node:module';
import { connect } from 'node:net';
import type { Connection, ConnectionClass } from '../patches/fresh-connection.ts';
import { kafkajsPath, replacedModules } from '../patches/load-kafkajs.ts';
import { loadStockModule } from './load-stock-module.ts';
import { quietLogger } from './quiet-logger.ts';

const require = createRequire(import.meta.url);
const Encoder = require(kafkajsPath('src/protocol/encoder.js')) as new () => object;

/** kafkajs's own class. */
export const StockConnection = loadStockModule(replacedModules.connection) as ConnectionClass;

interface Sending extends Connection {
  send(exchange: object): Promise<Buffer>;
}

/** A connection of the class to a server on this machine, not yet connected. */
export function openConnection(Class: ConnectionClass, port: number): Sending {
  return new Class({
    host: '127.0.0.1',
    port,
    logger: quietLogger,
    requestTimeout: 300,
    connectionTimeout: 1_000,
    socketFactory: (to: { host: string; port: number; onConnect: () => void }) => connect({ host: to.host, port: to.port }, to.onConnect),
  } as never) as Sending;
}

/** The answer to a request of no content. */
export async function ask(connection: Sending): Promise<string> {
  await connection.connect();
  const answer = await connection.send({
    request: { apiKey: 3, apiVersion: 0, apiName: 'Metadata', encode: async () => new Encoder() },
    response: { decode: async (payload: Buffer) => ({ payload }), parse: async ({ payload }: { payload: Buffer }) => payload },
  });
  return String(answer);
}
