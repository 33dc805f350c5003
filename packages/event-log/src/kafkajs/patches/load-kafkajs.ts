import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type ConnectionClass, freshConnection } from './fresh-connection.ts';
import { type BrokerClass, greetedBroker } from './greeted-broker.ts';
import { leaderlessMetadata, type MetadataResponse } from './leaderless-metadata.ts';
import { quietRequestQueue, type RequestQueueClass } from './request-queue.ts';

export const KAFKAJS_VERSION = '2.2.4';

/** Modules of kafkajs that are replaced before it is first loaded, by their path in the package. */
export const replacedModules = {
  requestQueue: 'src/network/requestQueue/index.js',
  connection: 'src/network/connection.js',
  broker: 'src/broker/index.js',
  // Of version 0; the later versions use its `parse`.
  metadata: 'src/protocol/requests/metadata/v0/response.js',
} as const;

// In the registry of symbols because the module cache outlives a copy of this module (a test runner may load two).
const REPLACED = Symbol.for('switchboard.event-log.kafkajs');

const require = createRequire(import.meta.url);

export function kafkajsPath(path: string): string {
  return join(dirname(require.resolve('kafkajs/package.json')), path);
}

/**
 * kafkajs 2.2.4 with four of its modules replaced by ours: the connection, its check of pending requests, the broker, and the check
 * of metadata. Its producers and consumers are not used, and are as they were installed. Throws when another version is installed or
 * when kafkajs was loaded before, unreplaced.
 */
export function loadKafkajs(): typeof import('kafkajs') {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== KAFKAJS_VERSION) {
    throw new Error(`kafkajs must be ${KAFKAJS_VERSION}, which the replaced modules were written for, but is ${version}`);
  }
  const entry = require.resolve('kafkajs');
  const loaded = require.cache[entry] as (NodeJS.Module & { [REPLACED]?: true }) | undefined;
  if (loaded === undefined) {
    const RequestQueue = require(kafkajsPath(replacedModules.requestQueue)) as RequestQueueClass;
    replace(replacedModules.requestQueue, quietRequestQueue(RequestQueue));
    const Connection = require(kafkajsPath(replacedModules.connection)) as ConnectionClass;
    replace(replacedModules.connection, freshConnection(Connection));
    const Broker = require(kafkajsPath(replacedModules.broker)) as BrokerClass;
    replace(replacedModules.broker, greetedBroker(Broker));
    const metadata = require(kafkajsPath(replacedModules.metadata)) as MetadataResponse;
    replace(replacedModules.metadata, leaderlessMetadata(metadata));
  } else if (loaded[REPLACED] !== true) {
    throw new Error('kafkajs was loaded before @switchboard/event-log: its unsafe modules are in use');
  }
  const kafkajs = require('kafkajs') as typeof import('kafkajs');
  Object.defineProperty(require.cache[entry], REPLACED, { value: true });
  return kafkajs;
}

function replace(path: string, exports: unknown): void {
  const filename = kafkajsPath(path);
  // Loading the stock module gives its cache entry; a module that requires the path later gets the exports put there.
  require(filename);
  const module = require.cache[filename];
  if (module === undefined) {
    throw new Error(`kafkajs has no module ${path}`);
  }
  module.exports = exports;
}
