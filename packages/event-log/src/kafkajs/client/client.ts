import type { Kafka, KafkaConfig, SASLOptions } from 'kafkajs';
import { type LogLogger, silentLogger } from '../../logger.ts';
import { loadKafkajs } from '../patches/load-kafkajs.ts';
import { createLogCreator } from './log-creator.ts';
import { promptSockets } from './socket-factory.ts';

export interface ClientOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** TLS: true, or PEM texts. */
  readonly ssl?: true | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  readonly logger?: LogLogger;
}

/** A handle on the cluster: opens kafkajs instances, with our modules in place, and knows the logger. */
export interface KafkaClient {
  readonly logger: LogLogger;
  /**
   * A kafkajs instance that shares nothing with another one. kafkajs keeps committed offsets per instance and group, so
   * each consumer opens its own.
   */
  open(settings?: Partial<KafkaConfig>): Kafka;
}

/** kafkajs with its unsafe modules replaced: the only way this package gets hold of it. */
export function loadKafka(): typeof import('kafkajs') {
  return loadKafkajs();
}

// Short times: whoever calls has a loop of its own above kafkajs's retries, and brokers that return are found within
// seconds. A request that is not answered within its timeout counts as lost; its broker is left aside.
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 };

export function createClient(options: ClientOptions): KafkaClient {
  const { Kafka, logLevel } = loadKafka();
  const logger = options.logger ?? silentLogger;
  return {
    logger,
    open: (settings) =>
      new Kafka({
        brokers: () => shuffled(options.brokers),
        clientId: options.clientId,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        retry: RETRY,
        socketFactory: promptSockets,
        logLevel: logLevel.INFO,
        logCreator: createLogCreator(logger),
        ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
        ...(options.sasl === undefined ? {} : { sasl: options.sasl as SASLOptions }),
        ...settings,
      }),
  };
}

// kafkajs tries the first broker it is given until that one refuses; one that accepts and never answers would be tried
// for ever. In another order each time, the next attempt meets another broker.
function shuffled(brokers: readonly string[]): string[] {
  return brokers
    .map((broker) => ({ broker, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ broker }) => broker);
}
