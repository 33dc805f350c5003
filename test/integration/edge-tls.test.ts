import { once } from 'node:events';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Edge, type EdgeIngress, prepareEdge } from '../support/abuse/edge.ts';
import { describeWithBroker } from '../support/broker.ts';

const registryUrl = process.env.SCHEMA_REGISTRY_URL;

describeWithBroker('an ingress that terminates TLS', (brokers) => {
  describe.skipIf(registryUrl === undefined)('with a registry', () => {
    let edge: Edge;
    let ingress: EdgeIngress;

    beforeAll(async () => {
      edge = await prepareEdge(brokers, registryUrl ?? '');
      ingress = await edge.startIngress({ tls: true, environment: { SOURCES_POLL_MS: '50' } });
    });
    afterAll(() => edge?.stop());

    /** The socket after the handshake; rejects when the two cannot agree. */
    async function handshake(options: { readonly ciphers?: string; readonly maxVersion?: SecureVersion } = {}): Promise<TLSSocket> {
      // Which certificate the server shows is what is tested, not whether it is trusted.
      const socket = connect({ host: '127.0.0.1', port: ingress.port, rejectUnauthorized: false, ...options });
      await once(socket, 'secureConnect');
      return socket;
    }

    const serialNow = async (): Promise<string> => {
      const socket = await handshake();
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };

    it.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'])('agrees on %s', async (ciphers) => {
      const socket = await handshake({ ciphers, maxVersion: 'TLSv1.2' });
      expect(socket.getCipher().name).toBe(ciphers);
      socket.destroy();
    });

    it.each(['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA', 'AES128-SHA'])('offers no CBC suite: %s', async (ciphers) => {
      await expect(handshake({ ciphers, maxVersion: 'TLSv1.2' })).rejects.toThrow(/handshake failure/i);
    });

    it('uses a replaced certificate for new connections, and keeps the open ones', async () => {
      const open = await handshake();
      const before = open.getPeerCertificate().serialNumber;
      const next = await edge.replaceCertificate();
      await expect.poll(serialNow).toBe(next);
      expect(next).not.toBe(before);
      open.write(await edge.request('graph-calling'));
      const [response] = (await once(open, 'data')) as [Buffer];
      expect(response.toString()).toMatch(/^HTTP\/1\.1 202 /);
      open.destroy();
    });

    it('keeps the previous certificate while only one of the two files is replaced', async () => {
      const before = await serialNow();
      await edge.replaceCertificate('certificate');
      await ingress.logged('TLS certificate unusable, the previous one stays in use');
      expect(await serialNow()).toBe(before);
      const next = await edge.replaceCertificate();
      await expect.poll(serialNow).toBe(next);
    });
  });
});
