import type { AddressInfo } from 'node:net';
import { createKafkaLog } from '@switchboard/event-log';
import Fastify from 'fastify';
import { serveCalls } from '../support/rpc.ts';

export interface BareOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** The least that keeps a body before it answers: fastify, the batched producer and nothing else. */
async function listen({ brokers, topic }: BareOptions): Promise<number> {
  const appender = await createKafkaLog({ brokers, clientId: 'switchboard-bench-bare' }).appender();
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/*', async (request, reply) => {
    const outcome = await appender.append({
      topic,
      key: Buffer.from(String(request.headers['x-bench-key'])),
      value: request.body as Buffer,
    });
    return reply.code(outcome.ok ? 200 : 503).send();
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** CPU seconds of this process so far. */
function cpuSeconds(_argument: null): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const calls = { listen, cpuSeconds };
export type BareCalls = typeof calls;
serveCalls(calls);
