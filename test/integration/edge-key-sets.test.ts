import { once } from 'node:events';
import { connect } from 'node:net';
import type { SourceId } from '@switchboard/sources';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AbuseProcess, startAbuseProcess } from '../support/abuse/abuse-process.ts';
import { type Edge, type EdgeIngress, issuerOf, prepareEdge, successOf } from '../support/abuse/edge.ts';
import { forgedRequest } from '../support/abuse/forged-requests.ts';
import { sendOnce } from '../support/abuse/genuine-sender.ts';
import { describeWithBroker } from '../support/broker.ts';

const registryUrl = process.env.SCHEMA_REGISTRY_URL;

/** Between two fetches that unknown keys cause. */
const COOLDOWN_MS = 20_000;
const SLACK_MS = 5_000;

describeWithBroker('key sets at the edge', (brokers) => {
  describe.skipIf(registryUrl === undefined)('with a registry', () => {
    let edge: Edge;
    let abusers: AbuseProcess;
    let ingress: EdgeIngress;

    beforeAll(async () => {
      edge = await prepareEdge(brokers, registryUrl ?? '');
      abusers = startAbuseProcess();
      ingress = await edge.startIngress();
    });
    afterAll(async () => {
      await abusers?.end();
      await edge?.stop();
    });

    /** The head of the response to a token with a key id that no issuer has. */
    async function unknownKid(source: SourceId): Promise<string> {
      const socket = connect({ host: '127.0.0.1', port: ingress.port });
      socket.on('error', () => {});
      socket.write(forgedRequest(await edge.sample(source), 'forged', { unknownKid: true }).whole());
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return chunk.toString('latin1');
    }

    /** Signs with the newest key until that is accepted; gives the statuses before that, and how long it took. */
    async function untilAccepted(source: SourceId, withinMs: number): Promise<{ refusals: number[]; tookMs: number }> {
      const startedAt = performance.now();
      const refusals: number[] = [];
      for (;;) {
        const { status } = await sendOnce(ingress.port, await edge.request(source));
        const tookMs = performance.now() - startedAt;
        if (status === successOf[source]) return { refusals, tookMs };
        refusals.push(status);
        if (tookMs > withinMs) throw new Error(`not accepted within ${withinMs} ms: ${refusals.join()}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }

    it('accepts a new key at its first use when no fetch ran in the last 20 s', { timeout: 90_000 }, async () => {
      await edge.issuer.rotate('ucwa');
      await new Promise((resolve) => setTimeout(resolve, COOLDOWN_MS + 1_000));
      const { status, tookMs } = await sendOnce(ingress.port, await edge.request('ucwa'));
      expect(status).toBe(successOf.ucwa);
      // The promise is 1 s; the rest is for a busy machine.
      expect(tookMs).toBeLessThan(1_000 + SLACK_MS);
    });

    it('responds 503 with Retry-After, not 401, to key ids that no fetch has looked for, except to the one that a fetch looked for', async () => {
      const heads: string[] = [];
      for (let sent = 0; sent < 20; sent += 1) heads.push(await unknownKid('bot-framework'));
      const unavailable = heads.filter((head) => head.startsWith('HTTP/1.1 503') && /\r\nretry-after: \d+\r\n/i.test(head));
      expect(unavailable.length).toBeGreaterThanOrEqual(19);
      expect(heads.filter((head) => head.startsWith('HTTP/1.1 401')).length).toBe(20 - unavailable.length);
    });

    it('accepts a new key within 21 s of its publication under 1,000 unknown key ids a second, without one 401', {
      timeout: 90_000,
    }, async () => {
      const running = await abusers.start({
        mode: 'refused',
        sockets: 50,
        port: ingress.port,
        localAddresses: ['127.0.0.2'],
        templates: [await edge.sample('graph-calling')],
        forge: { unknownKid: true },
        reconnect: true,
        connectsPerSecond: 1_000,
        everyMs: 50,
      });
      onTestFinished(async () => void (await running.stop()));
      const responses = () => ingress.metric('ingress_requests_total', 'source="graph-calling"');
      await expect.poll(responses, { timeout: 20_000 }).toBeGreaterThan(1_000);
      await edge.issuer.rotate(issuerOf['graph-calling']);
      const { refusals, tookMs } = await untilAccepted('graph-calling', 2 * COOLDOWN_MS);
      expect(tookMs).toBeLessThanOrEqual(COOLDOWN_MS + 1_000 + SLACK_MS);
      expect(refusals.filter((status) => status !== 503)).toEqual([]);
    });
  });
});
