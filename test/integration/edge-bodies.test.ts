import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AbuseProcess, startAbuseProcess } from '../support/abuse/abuse-process.ts';
import { bearerSources, type Edge, type EdgeIngress, prepareEdge, sourceIds, successOf } from '../support/abuse/edge.ts';
import { sendOnce, sendOver } from '../support/abuse/genuine-sender.ts';
import { serverSockets } from '../support/abuse/server-sockets.ts';
import type { AbuseOptions } from '../support/abuse/start-abuse.ts';
import { describeWithBroker } from '../support/broker.ts';

const registryUrl = process.env.SCHEMA_REGISTRY_URL;

const ABUSER = '127.0.0.2';

describeWithBroker('bodies at the edge', (brokers) => {
  describe.skipIf(registryUrl === undefined || process.platform !== 'linux')('with a registry, on Linux', () => {
    let edge: Edge;
    let abusers: AbuseProcess;

    beforeAll(async () => {
      edge = await prepareEdge(brokers, registryUrl ?? '');
      abusers = startAbuseProcess();
    });
    afterAll(async () => {
      await abusers?.end();
      await edge?.stop();
    });

    async function abuse({ port, tls }: EdgeIngress, options: Pick<AbuseOptions, 'mode' | 'templates'> & Partial<AbuseOptions>) {
      const running = await abusers.start({ port, tls, localAddresses: [ABUSER], sockets: 64, reconnect: false, ...options });
      onTestFinished(async () => void (await running.stop()));
      return running;
    }

    /** 100 requests over 4 s, each on a new connection; gives those that were not served. */
    async function notServed({ port, tls }: EdgeIngress): Promise<readonly object[]> {
      const sent = await sendOver(4_000, 100, async (index) => {
        const source = sourceIds[index % sourceIds.length] as (typeof sourceIds)[number];
        const { status } = await sendOnce(port, await edge.request(source), { tls });
        return { source, status };
      });
      return sent.filter(({ source, status }) => status !== successOf[source]);
    }

    const held = async ({ port }: EdgeIngress): Promise<number> => (await serverSockets(port)).get(ABUSER) ?? 0;

    describe.each([
      ['HTTP', false],
      ['TLS', true],
    ] as const)('over %s', (_transport, tls) => {
      it.each(['hoard-length', 'hoard-chunks'] as const)(
        'responds 401 to 64 forged tokens before their 1 MiB of body, destroys the connections and serves every sender (%s)',
        async (mode) => {
          const ingress = await edge.startIngress({ tls });
          await abuse(ingress, { mode, templates: await Promise.all(bearerSources.map(edge.sample)) });
          expect(await notServed(ingress)).toEqual([]);
          expect(await ingress.metric('ingress_requests_total', 'outcome="refused"')).toBe(64);
          await expect.poll(() => held(ingress), { timeout: 5_000 }).toBe(0);
        },
      );

      it.each(['hoard-length', 'hoard-chunks'] as const)(
        'serves every sender while 64 connections hoard 1 MiB each under a wrong MAC (%s)',
        async (mode) => {
          const ingress = await edge.startIngress({ tls });
          await abuse(ingress, { mode, templates: [await edge.sample('outgoing-webhook')], reconnect: true, connectsPerSecond: 100 });
          expect(await notServed(ingress)).toEqual([]);
        },
      );

      it('cuts 600 bodies under a wrong MAC that come slower than MIN_BODY_RATE, and serves every sender', async () => {
        const ingress = await edge.startIngress({ tls, environment: { MAX_IN_FLIGHT_REQUESTS: '600' } });
        const running = await abuse(ingress, { mode: 'slow-body', sockets: 600, templates: [await edge.sample('outgoing-webhook')] });
        await expect.poll(async () => (await running.counters()).opened, { timeout: 20_000 }).toBe(600);
        expect(await notServed(ingress)).toEqual([]);
        // 2 s of grace and the 4 s of the senders are over; the request timeout of 15 s is not.
        await expect.poll(() => held(ingress), { timeout: 5_000 }).toBe(0);
      });
    });
  });
});
