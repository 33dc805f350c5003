import { createRequire } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import { kafkajsPath } from '../patches/load-kafkajs.ts';
import type { Broker, ConnectionPool } from './internals.ts';
import { renewAllConnections, renewConnections } from './renew-connections.ts';

const require = createRequire(import.meta.url);
const errors = require(kafkajsPath('src/errors.js')) as Record<string, new (message: string, details?: object) => Error>;
const failure = (name: string, details?: object): Error => {
  const Failure = errors[name];
  if (Failure === undefined) throw new Error(`kafkajs has no ${name}`);
  return new Failure('failed', details);
};

function setUp() {
  const destroyed: ConnectionPool[] = [];
  const pool = (port: number): ConnectionPool => {
    const made: ConnectionPool = {
      host: 'host',
      port,
      rack: null,
      pool: [],
      destroy: async () => void destroyed.push(made),
      send: async () => Promise.reject(new Error('not asked here')),
      getConnection: async () => made,
    };
    return made;
  };
  const broker = (port: number) => ({ connectionPool: pool(port) }) as Broker;
  const [first, second] = [broker(1), broker(2)];
  const cluster = {
    brokerPool: { brokers: { 1: first, 2: second }, seedBroker: first },
    connectionPoolBuilder: { build: async ({ port }: { port: number }) => pool(port) },
  };
  return { cluster, first, second, destroyed };
}

const settled = () => new Promise(setImmediate);

describe('renewConnections', () => {
  it.each(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError'])(
    'replaces the connections after a %s',
    async (name) => {
      const { cluster, first, destroyed } = setUp();
      const old = first.connectionPool;
      renewConnections(cluster, failure(name), first);
      await settled();
      expect(first.connectionPool).not.toBe(old);
      expect(first.connectionPool).toMatchObject({ host: 'host', port: 1 });
      expect(destroyed).toEqual([old]);
    },
  );

  it('finds the broker by the address in an error, and leaves the others alone', async () => {
    const { cluster, first, second } = setUp();
    const [untouched, old] = [first.connectionPool, second.connectionPool];
    renewConnections(cluster, failure('KafkaJSConnectionError', { broker: 'host:2' }));
    await settled();
    expect(first.connectionPool).toBe(untouched);
    expect(second.connectionPool).not.toBe(old);
  });

  it('replaces connections once when several requests on them failed', async () => {
    const { cluster, first, destroyed } = setUp();
    const old = first.connectionPool;
    for (let count = 0; count < 3; count += 1) renewConnections(cluster, failure('KafkaJSConnectionError'), first);
    await settled();
    expect(destroyed).toEqual([old]);
  });

  it('closes the sockets of former connections after 6 s', async () => {
    const { cluster, first } = setUp();
    const destroyed: string[] = [];
    const socket = { destroy: () => void destroyed.push('socket') };
    first.connectionPool = { ...first.connectionPool, pool: [{ socket }], destroy: () => new Promise(() => undefined) };
    vi.useFakeTimers();
    try {
      renewConnections(cluster, failure('KafkaJSConnectionError'), first);
      await vi.advanceTimersByTimeAsync(5_990);
      expect(destroyed).toEqual([]);
      await vi.advanceTimersByTimeAsync(20);
      expect(destroyed).toEqual(['socket']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('replaces those of all brokers where it is not known which failed', async () => {
    const { cluster, first, second, destroyed } = setUp();
    const old = [first.connectionPool, second.connectionPool];
    await renewAllConnections(cluster);
    expect(destroyed).toEqual(old);
    expect([first.connectionPool, second.connectionPool]).toMatchObject([{ port: 1 }, { port: 2 }]);
  });

  it('keeps the connections after any other error', async () => {
    const { cluster, first } = setUp();
    const old = first.connectionPool;
    renewConnections(cluster, new Error('something else'), first);
    await settled();
    expect(first.connectionPool).toBe(old);
  });
});
