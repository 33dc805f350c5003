import { createRequire } from 'node:module';
import { loadKafka } from '../../../packages/event-log/src/client.ts';
import { kafkajsPath } from '../../../packages/event-log/src/kafkajs/load-kafkajs.ts';
import { apiKeys } from '../../support/kafka-frames.ts';

interface EndTransaction {
  readonly transactionalId: string;
  /** True for a commit. */
  readonly transactionResult: boolean;
}

type MakeRequest = (request: EndTransaction) => object;

interface Broker {
  connectionPool: { send(request: object): Promise<unknown> };
  lookupRequest(apiKey: number, versions: unknown): MakeRequest;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  endTxn(request: EndTransaction): Promise<unknown>;
}

/** One request that ends a transaction. */
export interface TransactionEnd {
  readonly request: EndTransaction;
  /** Asks the broker, as kafkajs does. */
  ask(): Promise<unknown>;
  /** The same with a request timeout of its own. */
  askWithin(timeoutMs: number): Promise<unknown>;
  /** Leaves the connections to the broker and opens new ones. */
  reconnect(): Promise<void>;
}

/** Puts something around every end of a transaction that this process asks a broker for. */
export function aroundEndOfTransaction(around: (end: TransactionEnd) => Promise<unknown>): void {
  // Our modules must be in place before any other of kafkajs is loaded.
  loadKafka();
  const require = createRequire(import.meta.url);
  const { prototype } = require(kafkajsPath('src/broker/index.js')) as { readonly prototype: Broker };
  const { EndTxn } = require(kafkajsPath('src/protocol/requests/index.js')) as { readonly EndTxn: unknown };
  const { endTxn } = prototype;
  prototype.endTxn = function (request) {
    return around({
      request,
      ask: () => endTxn.call(this, request),
      askWithin: (requestTimeout) => this.connectionPool.send({ ...this.lookupRequest(apiKeys.endTxn, EndTxn)(request), requestTimeout }),
      reconnect: async () => {
        await this.disconnect();
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
