import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { loadKafka } from '../../../packages/event-log/src/kafkajs/client/client.ts';
import { kafkajsPath } from '../../../packages/event-log/src/kafkajs/patches/load-kafkajs.ts';

interface EndTransaction {
  readonly transactionalId: string;
  /** True for a commit. */
  readonly transactionResult: boolean;
}

interface Connection {
  readonly socket?: Socket;
  disconnect(): Promise<unknown>;
}

interface Broker {
  readonly connectionPool: { readonly pool: readonly Connection[] };
  connect(): Promise<void>;
  endTxn(request: EndTransaction): Promise<unknown>;
}

type TimeoutClass = new (message: string, details: object) => Error;

/** One request that ends a transaction. */
export interface TransactionEnd {
  readonly request: EndTransaction;
  /** Asks the broker, as kafkajs does. */
  ask(): Promise<unknown>;
  /** The same; rejects as kafkajs does after its own request timeout, which no request may shorten. */
  askWithin(timeoutMs: number): Promise<unknown>;
  /** Cuts the connections to the broker, whatever is on its way there, and opens new ones. */
  reconnect(): Promise<void>;
}

/** Puts something around every end of a transaction that this process asks a broker for. */
export function aroundEndOfTransaction(around: (end: TransactionEnd) => Promise<unknown>): void {
  // Our modules must be in place before any other of kafkajs is loaded.
  loadKafka();
  const require = createRequire(import.meta.url);
  const { prototype } = require(kafkajsPath('src/broker/index.js')) as { readonly prototype: Broker };
  const { KafkaJSRequestTimeoutError } = require(kafkajsPath('src/errors.js')) as { readonly KafkaJSRequestTimeoutError: TimeoutClass };
  const { endTxn } = prototype;
  prototype.endTxn = function (request) {
    const ask = (): Promise<unknown> => endTxn.call(this, request);
    return around({
      request,
      ask,
      askWithin: (timeoutMs) => {
        const answer = ask();
        // It may come, or fail, when nobody waits for it any more.
        answer.catch(() => undefined);
        const late = delay(timeoutMs).then(() => {
          throw new KafkaJSRequestTimeoutError(`the end of a transaction took longer than ${timeoutMs} ms`, {});
        });
        return Promise.race([answer, late]).finally(() => late.catch(() => undefined));
      },
      reconnect: async () => {
        for (const connection of this.connectionPool.pool) {
          connection.socket?.destroy(new Error('the connection was cut'));
          await connection.disconnect();
        }
        await this.connect();
      },
    });
  };
}

/** Tells of the commits of the transactional ids that match: just before one is asked for, and just after it is known. */
export function aroundCommit(matches: RegExp, before: () => void, after: () => void): void {
  aroundEndOfTransaction(async ({ request, ask }) => {
    if (!request.transactionResult || !matches.test(request.transactionalId)) return ask();
    before();
    const answer = await ask();
    after();
    return answer;
  });
}
