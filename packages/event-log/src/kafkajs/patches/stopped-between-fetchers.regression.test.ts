import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { loadStockModule } from '../testing/load-stock-module.ts';
import { quietLogger } from '../testing/quiet-logger.ts';
import type { FetchManager } from './fetch-manager.ts';
import { kafkajsPath, loadKafkajs, replacedModules } from './load-kafkajs.ts';

// A consumer that was stopped while the set of brokers changed, after one fetcher had ended for that and before the others had, made new
// fetchers: they had nothing to fetch and asked for it without a pause, so that no timer and no signal came through any more.

interface Runner {
  running: boolean;
  fetchManager: FetchManager;
  fetch(nodeId: string): Promise<readonly unknown[]>;
  handleBatch(batch: unknown): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

type CreateFetchManager = (options: object) => FetchManager;

loadKafkajs();
const KafkajsRunner = createRequire(import.meta.url)(kafkajsPath('src/consumer/runner.js')) as new (options: object) => Runner;
const createStock = loadStockModule(replacedModules.fetchManager) as CreateFetchManager;

/** Ends the stock one, which would go on for ever. */
const MOST_EMPTY_FETCHES = 1_000;

function setUp(createFetchManager?: CreateFetchManager) {
  const state = { nodeIds: ['1', '2', '3'], slowAnswer: Promise.withResolvers<void>(), left: false, emptyFetches: 0 };
  const consumerGroup = {
    groupId: 'group',
    memberId: 'member',
    connect: async () => undefined,
    joinAndSync: async () => undefined,
    heartbeat: async () => undefined,
    getNodeIds: () => state.nodeIds,
    async fetch(nodeId: string) {
      await (nodeId === '3' ? state.slowAnswer.promise : delay(5));
      return [];
    },
    async leave() {
      state.left = true;
    },
  };
  const runner = new KafkajsRunner({
    logger: quietLogger,
    consumerGroup,
    instrumentationEmitter: { emit: () => undefined },
    onCrash: () => undefined,
    concurrency: 1,
    autoCommit: false,
    eachBatch: async () => undefined,
  });
  if (createFetchManager !== undefined) {
    runner.fetchManager = createFetchManager({
      logger: quietLogger,
      getNodeIds: consumerGroup.getNodeIds,
      fetch: (nodeId: string) => runner.fetch(nodeId),
      handler: (batch: unknown) => runner.handleBatch(batch),
      concurrency: 1,
    });
  }
  const fetch = runner.fetch.bind(runner);
  runner.fetch = async (nodeId) => {
    if (!runner.running && ++state.emptyFetches >= MOST_EMPTY_FETCHES) throw new Error('it would go on for ever');
    return fetch(nodeId);
  };
  return { runner, state };
}

/** One broker leaves; its fetcher still waits for it when those of the others have ended. */
async function loseABroker({ runner, state }: ReturnType<typeof setUp>, nodeIds: string[]): Promise<void> {
  await runner.start();
  await delay(10);
  state.nodeIds = nodeIds;
  await delay(50);
}

async function stopWhileABrokerLeaves(consumer: ReturnType<typeof setUp>): Promise<void> {
  await loseABroker(consumer, ['1', '2']);
  const stopped = consumer.runner.stop();
  consumer.state.slowAnswer.resolve();
  await stopped;
}

it('a consumer that is stopped while a broker leaves fetches nothing more, and leaves its group', async () => {
  const consumer = setUp();
  await stopWhileABrokerLeaves(consumer);
  expect(consumer.state).toMatchObject({ emptyFetches: 0, left: true });
});

it('is needed: the stock module goes on fetching', async () => {
  const consumer = setUp(createStock);
  await stopWhileABrokerLeaves(consumer);
  expect(consumer.state.emptyFetches).toBeGreaterThanOrEqual(MOST_EMPTY_FETCHES);
});

it('a consumer that is not stopped goes on with the brokers there are', async () => {
  const consumer = setUp();
  await loseABroker(consumer, ['1', '4']);
  const asked = new Set<string>();
  const { fetch } = consumer.runner;
  consumer.runner.fetch = (nodeId) => {
    asked.add(nodeId);
    return fetch(nodeId);
  };
  consumer.state.slowAnswer.resolve();
  await delay(50);
  await consumer.runner.stop();
  expect(asked).toEqual(new Set(['1', '4']));
});
