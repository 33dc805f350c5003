import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { loadStockModule } from '../testing/load-stock-module.ts';
import { filterAbortedMessages } from './abort-filter.ts';
import { KAFKAJS_VERSION, kafkajsPath, loadKafkajs, replacedModules } from './load-kafkajs.ts';

const require = createRequire(import.meta.url);
const kafkajs = loadKafkajs();

function prototypeOf(path: string): Record<string, (...options: never[]) => unknown> {
  return (require(kafkajsPath(path)) as { prototype: Record<string, (...options: never[]) => unknown> }).prototype;
}

describe('loadKafkajs', () => {
  it('is written for the version that is installed', () => {
    expect((require('kafkajs/package.json') as { version: string }).version).toBe(KAFKAJS_VERSION);
    expect(KAFKAJS_VERSION).toBe('2.2.4');
  });

  it('puts our modules in place of those of kafkajs', () => {
    expect(require(kafkajsPath(replacedModules.abortFilter))).toBe(filterAbortedMessages);
    expect((require(kafkajsPath(replacedModules.requestQueue)) as { name: string }).name).toBe('QuietRequestQueue');
    expect((require(kafkajsPath(replacedModules.connection)) as { name: string }).name).toBe('FreshConnection');
    expect((require(kafkajsPath(replacedModules.broker)) as { name: string }).name).toBe('FairBroker');
    expect((require(kafkajsPath(replacedModules.fetchManager)) as { name: string }).name).toBe('createStoppableFetchManager');
    expect((require(kafkajsPath(replacedModules.consumerGroup)) as { name: string }).name).toBe('TellingConsumerGroup');
  });

  it('lets no module of kafkajs keep a stock one: a fetched batch goes through our abort filter', () => {
    const Batch = require(kafkajsPath('src/consumer/batch.js')) as new (...fetched: unknown[]) => { readonly messages: readonly object[] };
    const message = (offset: string, producerId: string) => ({
      offset,
      key: null,
      isControlRecord: false,
      batchContext: { producerId, inTransaction: true, isControlBatch: false },
    });
    // Two transactions begun before the first fetched record, in no order: the stock filter drops only one of them.
    const abortedTransactions = [
      { producerId: '2', firstOffset: '1' },
      { producerId: '1', firstOffset: '0' },
    ];
    const messages = [message('2', '1'), message('3', '2')];
    expect(new Batch('t', '2', { partition: 0, highWatermark: '9', abortedTransactions, messages }).messages).toEqual([]);
  });

  it('gives the same kafkajs when it is called again', () => {
    expect(loadKafkajs()).toBe(kafkajs);
  });

  it('refuses a kafkajs that was loaded before', () => {
    const program = `
      import { createRequire } from 'node:module';
      const loader = ${JSON.stringify(new URL('./load-kafkajs.ts', import.meta.url).href)};
      createRequire(loader)('kafkajs');
      const { loadKafkajs } = await import(loader);
      try { loadKafkajs(); console.log('loaded'); } catch (error) { console.log(error.message); }`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(output).toContain('kafkajs was loaded before');
  });
});

describe('what is built on kafkajs', () => {
  it('finds the signatures of the replaced modules', () => {
    expect(String(loadStockModule(replacedModules.abortFilter))).toMatch(/^\(\{ messages, abortedTransactions \}\) =>/);
    const RequestQueue = loadStockModule(replacedModules.requestQueue) as { prototype: object };
    expect(Object.getOwnPropertyNames(RequestQueue.prototype)).toContain('scheduleCheckPendingRequests');
    expect(String(loadStockModule(replacedModules.fetchManager))).toMatch(
      /^\(\{\s+logger: rootLogger,\s+getNodeIds,.+const createFetchers = \(\) => \{\s+const nodeIds = getNodeIds\(\)/s,
    );
  });

  it.each([
    [
      'src/cluster/index.js',
      [
        'isConnected',
        'connect',
        'disconnect',
        'refreshMetadata',
        'refreshMetadataIfNecessary',
        'addMultipleTargetTopics',
        'findTopicPartitionMetadata',
        'findBroker',
        'findControllerBroker',
        'findGroupCoordinator',
        'fetchTopicsOffset',
      ],
    ],
    ['src/broker/index.js', ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'endTxn', 'fetch']],
    ['src/network/connectionPool.js', ['send', 'destroy']],
  ])('finds the methods of %s', (path, methods) => {
    const prototype = prototypeOf(path);
    for (const method of methods) expect(prototype[method]).toBeTypeOf('function');
  });

  it('finds the connection passing request and response through untouched', () => {
    expect(String(prototypeOf('src/network/connection.js').send)).toMatch(
      /async send\(\{ request, response, requestTimeout = null, logResponseError = true \}\)/,
    );
    expect(String(require(kafkajsPath('src/protocol/request.js')))).toMatch(/writeEncoder\(payload\)/);
  });
});
