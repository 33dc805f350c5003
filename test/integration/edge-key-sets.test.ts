import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SourceId } from '@switchboard/sources';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeAbusedEdge } from '../support/abuse/describe-abused-edge.ts';
import { type EdgeIngress, issuerOf, successOf } from '../support/abuse/edge.ts';
import { forgedRequest } from '../support/abuse/forged-requests.ts';
import { sendOnce } from '../support/abuse/genuine-sender.ts';

/** Between two fetches that unknown keys cause. */
const COOLDOWN_MS = 20_000;
const SLACK_MS = 5_000;

const transports = ['HTTP', 'TLS'] as const;
/** A connection for each: a TLS handshake takes the cores of this machine many times as long as a request. */
const unknownPerSecond = { HTTP: 1_000, TLS: 200 } as const;
/** Each has its own issuer key set, so that one test does not cause the fetch of another. */
const floodedSource = { HTTP: 'graph-calling', TLS: 'bot-framework' } as const;

describeAbusedEdge('key sets at the edge', (suite) => {
  let ingresses: Readonly<Record<(typeof transports)[number], EdgeIngress>>;

  beforeAll(async () => {
    ingresses = { HTTP: await suite.edge.startIngress(), TLS: await suite.edge.startIngress({ tls: true }) };
  });

  /** The head of the response to a token with a key id that no issuer has. */
  async function unknownKid({ port, tls }: EdgeIngress, source: SourceId): Promise<string> {
    const target = { host: '127.0.0.1', port };
    const socket = tls ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    socket.on('error', () => {});
    socket.write(forgedRequest(await suite.edge.sample(source), 'forged', { unknownKid: true }).whole());
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return chunk.toString('latin1');
  }

  /** Signs with the newest key until that is accepted; gives the statuses before that, and how long it took. */
  async function untilAccepted({ port, tls }: EdgeIngress, source: SourceId): Promise<{ refusals: number[]; tookMs: number }> {
    const startedAt = performance.now();
    const refusals: number[] = [];
    for (;;) {
      const { status } = await sendOnce(port, await suite.edge.request(source), { tls });
      const tookMs = performance.now() - startedAt;
      if (status === successOf[source]) return { refusals, tookMs };
      refusals.push(status);
      if (tookMs > 2 * COOLDOWN_MS) throw new Error(`not accepted within ${2 * COOLDOWN_MS} ms: ${refusals.join()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it('accepts a new key at its first use over HTTP and over TLS when no fetch ran in the last 20 s', { timeout: 90_000 }, async () => {
    await suite.edge.issuer.rotate('ucwa');
    await new Promise((resolve) => setTimeout(resolve, COOLDOWN_MS + 1_000));
    for (const transport of transports) {
      const { port, tls } = ingresses[transport];
      const { status, tookMs } = await sendOnce(port, await suite.edge.request('ucwa'), { tls });
      expect(status).toBe(successOf.ucwa);
      // The promise is 1 s; the rest is for a busy machine.
      expect(tookMs).toBeLessThan(1_000 + SLACK_MS);
    }
  });

  describe.each(transports)('over %s', (transport) => {
    it('responds 503 with Retry-After, not 401, to key ids that no fetch has looked for, except to the one that a fetch looked for', async () => {
      const heads: string[] = [];
      for (let sent = 0; sent < 20; sent += 1) heads.push(await unknownKid(ingresses[transport], 'ucwa'));
      const unavailable = heads.filter((head) => head.startsWith('HTTP/1.1 503') && /\r\nretry-after: \d+\r\n/i.test(head));
      expect(unavailable.length).toBeGreaterThanOrEqual(19);
      expect(heads.filter((head) => head.startsWith('HTTP/1.1 401')).length).toBe(20 - unavailable.length);
    });
  });

  it.concurrent.for(transports.map((transport) => [transport, unknownPerSecond[transport]] as const))(
    'over %s accepts a new key within 21 s of its publication under %i unknown key ids a second, without one 401',
    { timeout: 90_000 },
    async ([transport, connectsPerSecond], { expect, onTestFinished }) => {
      const ingress = ingresses[transport];
      const source = floodedSource[transport];
      const flood = { sockets: 50, templates: [await suite.edge.sample(source)], forge: { unknownKid: true }, everyMs: 50 } as const;
      await suite.abuse(ingress, { ...flood, mode: 'refused', reconnect: true, connectsPerSecond }, onTestFinished);
      const responses = () => ingress.metric('ingress_requests_total', `source="${source}"`);
      await expect.poll(responses, { timeout: 20_000 }).toBeGreaterThan(connectsPerSecond);
      await suite.edge.issuer.rotate(issuerOf[source]);
      const { refusals, tookMs } = await untilAccepted(ingress, source);
      expect(tookMs).toBeLessThanOrEqual(COOLDOWN_MS + 1_000 + SLACK_MS);
      expect(refusals.filter((status) => status !== 503)).toEqual([]);
    },
  );
});
