import { it } from 'vitest';
import { percentile } from '../bench/support/statistics.ts';
import { describeAbusedEdge } from '../support/abuse/describe-abused-edge.ts';
import { sourceIds, successOf } from '../support/abuse/edge.ts';
import { sendOnce, sendOver } from '../support/abuse/genuine-sender.ts';
import { type AbuseMode, abuseModes } from '../support/abuse/modes.ts';
import { countServerSockets } from '../support/abuse/server-sockets.ts';

const CAP = 200;
const HOLD_MS = 60_000;
const CONNECTIONS = 100;
/** Modes whose connections last until the server evicts them or their time is over: they keep the server at its cap. */
const lastingModes: readonly AbuseMode[] = ['silent', 'half-head', 'half-client-hello'];
/** Packets of thousands of requests take the cores of the senders beside them: the abuse bench has those. */
const mixedModes = abuseModes.filter((mode) => !mode.startsWith('pipelined'));
/** Of each of the two groups; together more than the cap. */
const ABUSERS = 150;
/** Of all four groups, two of each transport: the servers and their abusers share the cores of this machine. */
const CONNECTS_PER_SECOND = 800;

describeAbusedEdge('the edge under abuse', (suite) => {
  it.concurrent.for([
    ['HTTP', false],
    ['TLS', true],
  ] as const)(
    'serves 100 new connections of every source over %s, p99 ≤ 1 s, while abusers hold its 200 connections for 60 s',
    { timeout: 180_000 },
    async ([, tls], { expect }) => {
      const ingress = await suite.edge.startIngress({ tls, environment: { MAX_CONNECTIONS: String(CAP) } });
      const shared = {
        port: ingress.port,
        tls,
        sockets: ABUSERS,
        templates: await Promise.all(sourceIds.map(suite.edge.sample)),
        reconnect: true,
        connectsPerSecond: CONNECTS_PER_SECOND / 4,
      };
      const groups = [
        await suite.abusers.start({ ...shared, mode: lastingModes, localAddresses: ['127.0.0.2'] }),
        await suite.abusers.start({
          ...shared,
          mode: mixedModes,
          claims: ['forged', 'anonymous', 'unknown-app', 'unknown-route'],
          localAddresses: ['127.0.0.3', '127.0.0.4'],
        }),
      ];
      await expect.poll(() => countServerSockets(ingress.port), { timeout: 30_000 }).toBeGreaterThanOrEqual(CAP - 5);

      const held: number[] = [];
      const sent = await sendOver(HOLD_MS, CONNECTIONS, async (index) => {
        held.push(await countServerSockets(ingress.port));
        const source = sourceIds[index % sourceIds.length] as (typeof sourceIds)[number];
        const { status, tookMs } = await sendOnce(ingress.port, await suite.edge.request(source), { tls });
        return { source, tookMs, outcome: status === successOf[source] ? 'served' : status };
      });
      await Promise.all(groups.map((group) => group.stop()));

      expect(sent.filter(({ outcome }) => outcome !== 'served')).toEqual([]);
      const tookMs = sent.map((each) => each.tookMs);
      expect(percentile(tookMs, 0.99)).toBeLessThanOrEqual(1_000);
      // The cap was the cause, not a server without abusers.
      expect(percentile(held, 0.5)).toBeGreaterThanOrEqual(CAP * 0.9);
    },
  );
});
