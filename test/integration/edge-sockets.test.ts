import { beforeAll, describe, expect, it } from 'vitest';
import { createHttpExchange } from '../bench/support/http-exchange.ts';
import { describeAbusedEdge } from '../support/abuse/describe-abused-edge.ts';
import { bearerSources, type EdgeIngress, successOf } from '../support/abuse/edge.ts';
import type { Claim } from '../support/abuse/forged-requests.ts';
import type { AbuseMode } from '../support/abuse/modes.ts';
import { countServerSockets, serverSockets } from '../support/abuse/server-sockets.ts';

const HEADERS_TIMEOUT_MS = 1_000;
const SOCKETS = 5;
/** The server looks for expired connections every 100 ms, and destroys each 0.9 s after its response; the rest is for a busy machine. */
const DESTROYED_WITHIN_MS = 5_000;

type Case = readonly [cause: string, mode: AbuseMode, claim: Claim];

const cases: readonly Case[] = [
  ['silence', 'silent', 'forged'],
  ['half a head', 'half-head', 'forged'],
  ['garbage', 'garbage', 'forged'],
  ['a forged token', 'refused', 'forged'],
  ['no credential', 'refused', 'anonymous'],
  ['an unknown app', 'refused', 'unknown-app'],
  ['a forged token and a body without its end', 'refused-unfinished', 'forged'],
  ['no credential and 1 MiB of body without its end', 'hoard-length', 'anonymous'],
  ['a forged token and chunks without end', 'hoard-chunks', 'forged'],
  ['an unknown route and a body without its end', 'refused-unfinished', 'unknown-route'],
];

/** Each with its own address: they run at once, and must not count the connections of one another. */
const casesByTransport = (['HTTP', 'TLS'] as const).flatMap((transport, group) =>
  cases.map(([cause, mode, claim], index) => ({ transport, cause, mode, claim, address: `127.0.${1 + group}.${1 + index}` })),
);

describeAbusedEdge('sockets at the edge', (suite) => {
  let ingresses: Readonly<Record<'HTTP' | 'TLS', EdgeIngress>>;

  beforeAll(async () => {
    const environment = { HEADERS_TIMEOUT_MS: String(HEADERS_TIMEOUT_MS), REQUEST_TIMEOUT_MS: '2000' };
    const { edge } = suite;
    ingresses = { HTTP: await edge.startIngress({ environment }), TLS: await edge.startIngress({ tls: true, environment }) };
  });

  const templates = () => Promise.all(bearerSources.map(suite.edge.sample));
  const heldBy = async ({ port }: EdgeIngress, address: string): Promise<number> => (await serverSockets(port)).get(address) ?? 0;

  it.concurrent.for(casesByTransport)(
    'over $transport destroys the connection of a peer that ignores the FIN, after $cause',
    async ({ transport, mode, claim, address }, { expect, onTestFinished }) => {
      const ingress = ingresses[transport];
      const options = { mode, claims: [claim], sockets: SOCKETS, templates: await templates(), localAddresses: [address] };
      const { counters } = await suite.abuse(ingress, options, onTestFinished);
      await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(SOCKETS);
      await expect.poll(() => heldBy(ingress, address), { timeout: HEADERS_TIMEOUT_MS + DESTROYED_WITHIN_MS }).toBe(0);
    },
  );

  it.each(['silent', 'half-client-hello'] as const)(
    'destroys a connection without a TLS handshake after HEADERS_TIMEOUT_MS, in mode %s',
    async (mode) => {
      const ingress = ingresses.TLS;
      const { counters } = await suite.abuse(ingress, { mode, sockets: SOCKETS, templates: await templates(), tls: false });
      await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(SOCKETS);
      await expect.poll(() => countServerSockets(ingress.port), { timeout: HEADERS_TIMEOUT_MS + DESTROYED_WITHIN_MS }).toBe(0);
    },
  );

  describe.each([
    ['HTTP', false],
    ['TLS', true],
  ] as const)('over %s with MAX_CONNECTIONS_PER_PEER=20', (_transport, tls) => {
    const CAP = 20;
    const environment = { MAX_CONNECTIONS_PER_PEER: String(CAP), MIN_BODY_RATE: '0' };

    it('lets an abuser hold 20 unauthenticated connections, and a sender at another address 50 authenticated ones', async () => {
      const ingress = await suite.edge.startIngress({ tls, environment });
      await suite.abuse(ingress, { mode: 'silent', sockets: 60, templates: await templates() });
      // Over TLS the oldest may be closed during their handshake, and are never open for the abuser.
      const evicted = () => ingress.metric('ingress_evictions_total', 'what="connection"');
      await expect.poll(evicted, { timeout: 10_000 }).toBe(60 - CAP);
      await expect.poll(async () => (await serverSockets(ingress.port)).get('127.0.0.2'), { timeout: 5_000 }).toBe(CAP);

      const exchanges = Array.from({ length: 50 }, () => createHttpExchange(ingress.port, { tls }));
      const request = await suite.edge.request('bot-framework');
      for (let round = 0; round < 2; round += 1) {
        // One after another: a connection counts until its first request is authenticated.
        for (const exchange of exchanges) expect(await exchange.send(request)).toBe(successOf['bot-framework']);
      }
      expect((await serverSockets(ingress.port)).get('127.0.0.1')).toBe(50);
      for (const exchange of exchanges) exchange.close();
    });

    it('counts the right-most address of X-Forwarded-For that is not a trusted proxy, and ignores a spoofed one before it', async () => {
      const ingress = await suite.edge.startIngress({ tls, environment: { ...environment, TRUSTED_PROXIES: '127.0.0.1/32' } });
      const genuine = await suite.edge.sample('outgoing-webhook');
      const from = (peer: string) =>
        Array.from({ length: 60 }, (_, index) => ({
          ...genuine,
          headers: { ...genuine.headers, 'x-forwarded-for': `198.51.100.${index}, ${peer}, 127.0.0.1` },
        }));
      const running = await Promise.all(
        ['203.0.113.9', '203.0.113.10'].map((peer) =>
          suite.abuse(ingress, { mode: 'slow-body', sockets: 60, templates: from(peer), localAddresses: ['127.0.0.1'] }),
        ),
      );
      for (const { counters } of running) await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(60);
      // Of each of the two addresses as many as the cap.
      await expect.poll(() => countServerSockets(ingress.port), { timeout: 5_000 }).toBe(2 * CAP);
    });
  });
});
