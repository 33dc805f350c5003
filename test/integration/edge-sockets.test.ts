import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createHttpExchange } from '../bench/support/http-exchange.ts';
import { type AbuseProcess, startAbuseProcess } from '../support/abuse/abuse-process.ts';
import { bearerSources, type Edge, type EdgeIngress, prepareEdge, successOf } from '../support/abuse/edge.ts';
import type { AbuseMode } from '../support/abuse/modes.ts';
import { countServerSockets, serverSockets } from '../support/abuse/server-sockets.ts';
import type { AbuseOptions } from '../support/abuse/start-abuse.ts';
import { describeWithBroker } from '../support/broker.ts';

const registryUrl = process.env.SCHEMA_REGISTRY_URL;

const HEADERS_TIMEOUT_MS = 1_000;
const SOCKETS = 5;
/** The server looks for expired connections every second and destroys within another; the rest is for a busy machine. */
const DESTROYED_WITHIN_MS = 5_000;

describeWithBroker('sockets at the edge', (brokers) => {
  describe.skipIf(registryUrl === undefined || process.platform !== 'linux')('with a registry, on Linux', () => {
    let edge: Edge;
    let abusers: AbuseProcess;
    let ingresses: Readonly<Record<'HTTP' | 'TLS', EdgeIngress>>;

    beforeAll(async () => {
      edge = await prepareEdge(brokers, registryUrl ?? '');
      abusers = startAbuseProcess();
      const environment = { HEADERS_TIMEOUT_MS: String(HEADERS_TIMEOUT_MS), REQUEST_TIMEOUT_MS: '2000' };
      ingresses = { HTTP: await edge.startIngress({ environment }), TLS: await edge.startIngress({ tls: true, environment }) };
    });
    afterAll(async () => {
      await abusers?.end();
      await edge?.stop();
    });

    async function abuse(ingress: EdgeIngress, options: Pick<AbuseOptions, 'mode'> & Partial<AbuseOptions>) {
      const { port, tls } = ingress;
      const templates = await Promise.all(bearerSources.map(edge.sample));
      const localAddresses = ['127.0.0.2'];
      const running = await abusers.start({ port, tls, templates, localAddresses, sockets: SOCKETS, reconnect: false, ...options });
      onTestFinished(async () => void (await running.stop()));
      return running;
    }

    const cases: readonly (readonly [cause: string, mode: AbuseMode, claim: 'forged' | 'anonymous' | 'unknown-app' | 'unknown-route'])[] = [
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

    it.each((['HTTP', 'TLS'] as const).flatMap((transport) => cases.map((each) => [transport, ...each] as const)))(
      'over %s destroys the connection of a peer that ignores the FIN, after %s',
      async (transport, _cause, mode, claim) => {
        const ingress = ingresses[transport];
        const { counters } = await abuse(ingress, { mode, claims: [claim] });
        await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(SOCKETS);
        await expect.poll(() => countServerSockets(ingress.port), { timeout: HEADERS_TIMEOUT_MS + DESTROYED_WITHIN_MS }).toBe(0);
      },
    );

    it.each(['silent', 'half-client-hello'] as const)(
      'destroys a connection without a TLS handshake after HEADERS_TIMEOUT_MS, in mode %s',
      async (mode) => {
        const ingress = ingresses.TLS;
        const { counters } = await abuse(ingress, { mode, tls: false });
        await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(SOCKETS);
        await expect.poll(() => countServerSockets(ingress.port), { timeout: HEADERS_TIMEOUT_MS + DESTROYED_WITHIN_MS }).toBe(0);
      },
    );

    describe('with MAX_CONNECTIONS_PER_PEER=20', () => {
      const CAP = 20;
      const environment = { MAX_CONNECTIONS_PER_PEER: String(CAP), MIN_BODY_RATE: '0' };

      it('lets an abuser hold 20 unauthenticated connections, and a sender at another address 50 authenticated ones', async () => {
        const ingress = await edge.startIngress({ environment });
        const { counters } = await abuse(ingress, { mode: 'silent', sockets: 60 });
        await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(60);
        await expect.poll(async () => (await serverSockets(ingress.port)).get('127.0.0.2'), { timeout: 5_000 }).toBe(CAP);

        const exchanges = Array.from({ length: 50 }, () => createHttpExchange(ingress.port));
        const request = await edge.request('bot-framework');
        for (let round = 0; round < 2; round += 1) {
          // One after another: a connection counts until its first request is authenticated.
          for (const exchange of exchanges) expect(await exchange.send(request)).toBe(successOf['bot-framework']);
        }
        expect((await serverSockets(ingress.port)).get('127.0.0.1')).toBe(50);
        for (const exchange of exchanges) exchange.close();
      });

      it('counts the right-most address of X-Forwarded-For that is not a trusted proxy, whatever is spoofed before it', async () => {
        const ingress = await edge.startIngress({ environment: { ...environment, TRUSTED_PROXIES: '127.0.0.1/32' } });
        const genuine = await edge.sample('outgoing-webhook');
        const from = (peer: string) =>
          Array.from({ length: 60 }, (_, index) => ({
            ...genuine,
            headers: { ...genuine.headers, 'x-forwarded-for': `198.51.100.${index}, ${peer}, 127.0.0.1` },
          }));
        const running = await Promise.all(
          ['203.0.113.9', '203.0.113.10'].map((peer) =>
            abuse(ingress, { mode: 'slow-body', sockets: 60, templates: from(peer), localAddresses: ['127.0.0.1'] }),
          ),
        );
        for (const { counters } of running) await expect.poll(async () => (await counters()).opened, { timeout: 10_000 }).toBe(60);
        // Of each of the two addresses as many as the cap.
        await expect.poll(() => countServerSockets(ingress.port), { timeout: 5_000 }).toBe(2 * CAP);
      });
    });
  });
});
