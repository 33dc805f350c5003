import { describe, expect, it } from 'vitest';
import { loadStockModule } from '../testing/load-stock-module.ts';
import { type FetchedMessage, filterAbortedMessages } from './abort-filter.ts';
import { replacedModules } from './load-kafkajs.ts';

const stock = loadStockModule(replacedModules.abortFilter) as typeof filterAbortedMessages;

const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

function record(producerId: string, offset: number, key: Buffer | null = null): FetchedMessage {
  return { offset: `${offset}`, key, batchContext: { producerId, inTransaction: true, isControlBatch: false } };
}

function marker(producerId: string, offset: number, key: Buffer): FetchedMessage {
  return { offset: `${offset}`, key, batchContext: { producerId, inTransaction: true, isControlBatch: true } };
}

const dataOffsets = (messages: readonly FetchedMessage[]): readonly string[] =>
  messages.flatMap(({ offset, batchContext }) => (batchContext.isControlBatch ? [] : [offset]));

const twoBegunBeforeTheFetch = {
  messages: [record('A', 10), record('B', 11), marker('A', 12, ABORT), marker('B', 13, ABORT)],
  abortedTransactions: [
    { producerId: 'A', firstOffset: '3' },
    { producerId: 'B', firstOffset: '5' },
  ],
};
const firstOfTheSecondProducer = {
  ...twoBegunBeforeTheFetch,
  messages: [record('B', 10), record('A', 11), marker('A', 12, ABORT), marker('B', 13, ABORT)],
};
const keyLikeAnAbortMarker = {
  messages: [record('A', 10, ABORT), record('A', 11), marker('A', 12, ABORT)],
  abortedTransactions: [{ producerId: 'A', firstOffset: '10' }],
};
const listedByTheirEnd = {
  messages: [record('A', 10), record('B', 11), marker('B', 12, ABORT), marker('A', 13, ABORT)],
  abortedTransactions: [
    { producerId: 'B', firstOffset: '11' },
    { producerId: 'A', firstOffset: '10' },
  ],
};

describe('filterAbortedMessages', () => {
  it.each([
    ['two aborted transactions that began before the fetch', twoBegunBeforeTheFetch],
    ['two of them, the later one first in the fetch', firstOfTheSecondProducer],
    ['a record whose key has the bytes of an abort marker', keyLikeAnAbortMarker],
    ['transactions listed in the order of their ends', listedByTheirEnd],
  ])('drops every record of %s', (_name, fetched) => {
    expect(dataOffsets(filterAbortedMessages(fetched))).toEqual([]);
  });

  it.each([
    ['the later of two transactions that began before the fetch', firstOfTheSecondProducer],
    ['a transaction with a key like an abort marker', keyLikeAnAbortMarker],
    ['transactions listed in the order of their ends', listedByTheirEnd],
  ])('is needed: the stock module passes a record of %s', (_name, fetched) => {
    expect(dataOffsets(stock(fetched))).not.toEqual([]);
  });

  it('keeps what the producer commits after an aborted transaction', () => {
    const messages = [record('A', 10), marker('A', 11, ABORT), record('A', 12), marker('A', 13, COMMIT)];
    expect(dataOffsets(filterAbortedMessages({ messages, abortedTransactions: [{ producerId: 'A', firstOffset: '10' }] }))).toEqual(['12']);
  });

  it('keeps what other producers wrote, in a transaction or without one', () => {
    const plain: FetchedMessage = {
      offset: '12',
      key: null,
      batchContext: { producerId: 'A', inTransaction: false, isControlBatch: false },
    };
    const messages = [record('A', 10), record('B', 11), plain];
    expect(dataOffsets(filterAbortedMessages({ messages, abortedTransactions: [{ producerId: 'A', firstOffset: '1' }] }))).toEqual([
      '11',
      '12',
    ]);
  });

  it('returns the messages untouched when nothing was aborted', () => {
    const messages = [record('A', 10)];
    expect(filterAbortedMessages({ messages, abortedTransactions: [] })).toBe(messages);
    expect(filterAbortedMessages({ messages, abortedTransactions: null })).toBe(messages);
  });
});
