import { createMemoryWriter } from '@switchboard/app-installs/testing';
import { CodecError, createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog, type EventLog, type Processor } from '@switchboard/event-log';
import { createMetrics, hostService, silentLogger } from '@switchboard/runtime';
import { describe, expect, it } from 'vitest';
import { startDelivery } from './app.ts';
import { deliveryConfig } from './config.ts';

const read = deliveryConfig.read({ SECRETS_KEY: 'a1'.repeat(32) });
if (!read.ok) throw new Error(read.problems.join('\n'));
const config = { ...read.config, host: '127.0.0.1', healthPort: 0 };

const registryAway = () => new CodecError('ERR_CODEC_REGISTRY_UNAVAILABLE', 'away');
/** As kafkajs marks what time mends. */
const kafkaAway = () => Object.assign(new Error('no broker'), { retriable: true });

type Failures = Partial<Record<'codec' | 'reader' | 'admin' | 'consumer', Error[]>>;

async function rig(signal: AbortSignal, failures: Failures) {
  const memory = createMemoryLog({ topics: Object.values(topics) });
  const writes = await memory.appender();
  const processor: Processor = { assigned: () => [], healthy: () => true, stop: async () => {}, done: new Promise(() => {}) };
  const unless = <Value>(what: keyof Failures, make: () => Promise<Value>): Promise<Value> => {
    const failure = failures[what]?.shift();
    return failure === undefined ? make() : Promise.reject(failure);
  };
  const log: EventLog = {
    appender: (options) => memory.appender(options),
    reader: (options) => unless('reader', () => memory.reader(options)),
    admin: () => unless('admin', () => memory.admin()),
    consumer: (options) => unless('consumer', () => memory.consumer(options)),
  };
  return hostService({
    config,
    log: { ...log, processor: async () => processor, fencedWriter: async () => createMemoryWriter(writes) },
    connectRegistry: () => unless('codec', async () => createOfflineCodec()),
    logger: silentLogger,
    metrics: createMetrics('delivery'),
    signal,
    start: startDelivery,
  });
}

describe('what is away when the delivery service starts', () => {
  it.each<[string, Failures]>([
    ['the registry', { codec: [registryAway(), registryAway()] }],
    ['Kafka, for reading', { reader: [kafkaAway(), kafkaAway()] }],
    ['Kafka, for offsets', { admin: [kafkaAway()] }],
    ['Kafka, for the group', { consumer: [kafkaAway()] }],
  ])('is tried again until it is there: %s', async (_what, failures) => {
    const service = await rig(new AbortController().signal, failures);
    expect(Object.values(failures).flat()).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${service.healthPort}/readyz`)).status).toBe(200);
    await service.stop();
  });

  it('does not keep the service from ending', async () => {
    const end = new AbortController();
    const started = rig(end.signal, { reader: Array.from({ length: 100 }, kafkaAway) });
    setTimeout(() => end.abort(new Error('ended')), 20);
    await expect(started).rejects.toThrow('ended');
  });

  it('is not waited for where waiting does not help', async () => {
    await expect(rig(new AbortController().signal, { consumer: [new Error('the topic is not there')] })).rejects.toThrow('not there');
  });
});
