import { beforeAll, describe, expect, it } from 'vitest';
import { describeAbusedEdge } from '../support/abuse/describe-abused-edge.ts';
import { bearerSources, type EdgeIngress, sourceIds, successOf } from '../support/abuse/edge.ts';
import { sendOnce, sendOver } from '../support/abuse/genuine-sender.ts';
import { serverSockets } from '../support/abuse/server-sockets.ts';

const SOCKETS = 64;
const MIB = 1_048_576;

describeAbusedEdge('bodies at the edge', (suite) => {
  /** 100 requests, each on a new connection; gives those that were not served. */
  async function notServed({ port, tls }: EdgeIngress, overMs = 2_000): Promise<readonly object[]> {
    const sent = await sendOver(overMs, 100, async (index) => {
      const source = sourceIds[index % sourceIds.length] as (typeof sourceIds)[number];
      const { status } = await sendOnce(port, await suite.edge.request(source), { tls });
      return { source, status };
    });
    return sent.filter(({ source, status }) => status !== successOf[source]);
  }

  const openOf = async ({ port }: EdgeIngress): Promise<number> => (await serverSockets(port)).get('127.0.0.2') ?? 0;

  describe.each([
    ['HTTP', false],
    ['TLS', true],
  ] as const)('over %s', (_transport, tls) => {
    let ingress: EdgeIngress;

    beforeAll(async () => {
      ingress = await suite.edge.startIngress({ tls });
    });

    const refusals = () => ingress.metric('ingress_requests_total', 'outcome="refused"');

    it.each(['hoard-length', 'hoard-chunks'] as const)(
      'responds 401 to 64 forged tokens before their 1 MiB of body, destroys the connections and serves every sender (%s)',
      async (mode) => {
        const before = await refusals();
        await suite.abuse(ingress, { mode, sockets: SOCKETS, templates: await Promise.all(bearerSources.map(suite.edge.sample)) });
        expect(await notServed(ingress)).toEqual([]);
        // Known senders are served first: the last tokens may be refused after them.
        await expect.poll(async () => (await refusals()) - before, { timeout: 10_000 }).toBe(SOCKETS);
        await expect.poll(() => openOf(ingress), { timeout: 5_000 }).toBe(0);
      },
    );

    it.each(['hoard-length', 'hoard-chunks'] as const)(
      'serves every sender while 64 connections hoard 1 MiB each under a wrong MAC (%s)',
      async (mode) => {
        const templates = [await suite.edge.sample('outgoing-webhook')];
        await suite.abuse(ingress, { mode, sockets: SOCKETS, templates, reconnect: true, connectsPerSecond: 100 });
        expect(await notServed(ingress)).toEqual([]);
      },
    );

    it('serves an authenticated body of 28 kB of the outgoing webhook while 64 connections hoard 1 MiB each', async () => {
      const templates = [await suite.edge.sample('outgoing-webhook')];
      await suite.abuse(ingress, { mode: 'hoard-length', sockets: SOCKETS, templates, reconnect: true, connectsPerSecond: 100 });
      const hoarded = () => ingress.metric('ingress_unauthenticated_bytes');
      await expect.poll(hoarded, { timeout: 10_000 }).toBeGreaterThan(7 * MIB);
      const statuses = await sendOver(2_000, 20, async () => {
        const { status } = await sendOnce(ingress.port, await suite.edge.hookRequest(28_672), { tls });
        return status;
      });
      expect(statuses).toEqual(statuses.map(() => successOf['outgoing-webhook']));
    });

    it('lets one peer have 1 MiB of unauthenticated bodies with MAX_UNAUTHENTICATED_BYTES_PER_PEER, and serves another peer', async () => {
      const limited = await suite.edge.startIngress({ tls, environment: { MAX_UNAUTHENTICATED_BYTES_PER_PEER: String(MIB) } });
      const templates = [await suite.edge.sample('outgoing-webhook')];
      const { counters } = await suite.abuse(limited, { mode: 'hoard-length', sockets: 8, templates });
      await expect.poll(async () => (await counters()).statuses, { timeout: 10_000 }).toEqual({ 503: 7 });
      expect(await limited.metric('ingress_refusals_total', 'code="ERR_INGRESS_PEER_LIMIT"')).toBe(7);
      expect(await limited.metric('ingress_unauthenticated_bytes')).toBe(MIB);
      const { status } = await sendOnce(limited.port, await suite.edge.hookRequest(28_672), { tls });
      expect(status).toBe(successOf['outgoing-webhook']);
    });

    it('cuts 600 bodies under a wrong MAC that arrive slower than MIN_BODY_RATE, and serves every sender', async () => {
      const narrow = await suite.edge.startIngress({ tls, environment: { MAX_IN_FLIGHT_REQUESTS: '600' } });
      const templates = [await suite.edge.sample('outgoing-webhook')];
      const { counters } = await suite.abuse(narrow, { mode: 'slow-body', sockets: 600, templates });
      await expect.poll(async () => (await counters()).opened, { timeout: 20_000 }).toBe(600);
      expect(await notServed(narrow, 4_000)).toEqual([]);
      // 83 of these bodies have room at a time, for a second at least and 2 s at most; the request timeout of 15 s is not over.
      await expect.poll(() => openOf(narrow), { timeout: 9_000 }).toBe(0);
    });
  });
});
