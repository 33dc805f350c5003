import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { loadStockModule } from '../testing/load-stock-module.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
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
    expect((require(kafkajsPath(replacedModules.requestQueue)) as { name: string }).name).toBe('QuietRequestQueue');
    expect((require(kafkajsPath(replacedModules.connection)) as { name: string }).name).toBe('FreshConnection');
    expect((require(kafkajsPath(replacedModules.broker)) as { name: string }).name).toBe('GreetedBroker');
    const parseOf = (version: number) =>
      (require(kafkajsPath(`src/protocol/requests/metadata/v${version}/response.js`)) as { parse: unknown }).parse;
    expect(parseOf(6)).toBe(parseOf(0));
  });

  it('lets no module of kafkajs keep a stock one: its cluster makes our connections and brokers', () => {
    const ConnectionPool = require(kafkajsPath('src/network/connectionPool.js')) as new (
      options: object,
    ) => {
      readonly pool: readonly { readonly requestQueue: object }[];
    };
    const BrokerPool = require(kafkajsPath('src/cluster/brokerPool.js')) as new (options: object) => { createBroker(of: object): object };
    const connectionPool = new ConnectionPool({ logger: quietLogger });
    const [connection] = connectionPool.pool;
    const broker = new BrokerPool({ logger: quietLogger }).createBroker({ connectionPool, logger: quietLogger });
    const names = [connection, connection?.requestQueue, broker].map((each) => each?.constructor.name);
    expect(names).toEqual(['FreshConnection', 'QuietRequestQueue', 'GreetedBroker']);
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
    const RequestQueue = loadStockModule(replacedModules.requestQueue) as { prototype: object };
    expect(Object.getOwnPropertyNames(RequestQueue.prototype)).toContain('scheduleCheckPendingRequests');
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
    ['src/broker/index.js', ['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'endTxn', 'offsetFetch']],
    ['src/network/connectionPool.js', ['send', 'getConnection', 'destroy']],
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
