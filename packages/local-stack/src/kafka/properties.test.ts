import { describe, expect, it } from 'vitest';
import { brokerProperties } from './properties.ts';

const read = (text: string) =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
const single = { id: 1, port: 19_092, voters: [{ id: 1, controllerPort: 19_093 }], logDir: '/data', settings: {} };
const voters = [1, 2, 3].map((id) => ({ id, controllerPort: 20_000 + id }));

describe('the properties of a broker', () => {
  it('bind the loopback address only', () => {
    const { listeners, 'advertised.listeners': advertised } = read(brokerProperties(single));
    expect(listeners).toBe('BROKER://127.0.0.1:19092,CONTROLLER://127.0.0.1:19093');
    expect(advertised).toBe('BROKER://127.0.0.1:19092');
  });

  it('open a listener for clients behind a proxy, who are told the port of the proxy', () => {
    const { listeners, ...more } = read(brokerProperties({ ...single, proxied: { port: 19_094, advertisedPort: 30_000 } }));
    expect(listeners).toBe('BROKER://127.0.0.1:19092,CLIENT://127.0.0.1:19094,CONTROLLER://127.0.0.1:19093');
    expect(more['advertised.listeners']).toBe('BROKER://127.0.0.1:19092,CLIENT://127.0.0.1:30000');
    expect(more['inter.broker.listener.name']).toBe('BROKER');
  });

  it('keep committed offsets for a year and records for ever, take 4 MiB and create no topic by themselves', () => {
    expect(read(brokerProperties(single))).toMatchObject({
      'offsets.retention.minutes': '525600',
      'log.retention.ms': '-1',
      'message.max.bytes': '4194304',
      'auto.create.topics.enable': 'false',
    });
  });

  it.each([
    [1, '1', '1'],
    [2, '2', '1'],
    [3, '3', '2'],
  ])('of %i brokers replicate %s times with %s in sync', (size, replicas, inSync) => {
    const text = brokerProperties({ ...single, voters: voters.slice(0, size) });
    expect(read(text)).toMatchObject({
      'default.replication.factor': replicas,
      'offsets.topic.replication.factor': replicas,
      'transaction.state.log.replication.factor': replicas,
      'min.insync.replicas': inSync,
      'transaction.state.log.min.isr': inSync,
    });
  });

  it('name every voter, the own controller’s port and what was asked for in place of a default', () => {
    const text = brokerProperties({ ...single, id: 2, port: 20_010, voters, settings: { 'message.max.bytes': '1000', 'x.y': 'z' } });
    expect(read(text)).toMatchObject({
      'node.id': '2',
      'controller.quorum.voters': '1@127.0.0.1:20001,2@127.0.0.1:20002,3@127.0.0.1:20003',
      listeners: 'BROKER://127.0.0.1:20010,CONTROLLER://127.0.0.1:20002',
      'message.max.bytes': '1000',
      'x.y': 'z',
    });
  });

  it('are refused for a broker that is no voter', () => {
    expect(() => brokerProperties({ ...single, id: 9 })).toThrow(RangeError);
  });
});
