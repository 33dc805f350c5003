import { createRequire } from 'node:module';
import { loadKafka } from '../../../packages/event-log/src/client.ts';
import { kafkajsPath } from '../../../packages/event-log/src/kafkajs/load-kafkajs.ts';

interface EndTransaction {
  readonly transactionalId: string;
  /** True for a commit. */
  readonly transactionResult: boolean;
}

interface BrokerClass {
  readonly prototype: { endTxn(request: EndTransaction): Promise<unknown> };
}

/** Puts something around every end of a transaction that this process asks a broker for. */
export function aroundEndOfTransaction(around: (request: EndTransaction, end: () => Promise<unknown>) => Promise<unknown>): void {
  // Our modules must be in place before any other of kafkajs is loaded.
  loadKafka();
  const Broker = createRequire(import.meta.url)(kafkajsPath('src/broker/index.js')) as BrokerClass;
  const { endTxn } = Broker.prototype;
  Broker.prototype.endTxn = function (request) {
    return around(request, () => endTxn.call(this, request));
  };
}

/** Tells of the commits of the transactional ids that match: just before one is asked for, and just after it is known. */
export function aroundCommit(matches: RegExp, before: () => void, after: () => void): void {
  aroundEndOfTransaction(async (request, end) => {
    if (!request.transactionResult || !matches.test(request.transactionalId)) return end();
    before();
    const answer = await end();
    after();
    return answer;
  });
}
