import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Codec, connectCodec, headerText, type RawNotification, registerSchemas, topics } from '@switchboard/contracts';
import { type Appender, createKafkaLog, type KafkaLog, type LogRecord, type Reader } from '@switchboard/event-log';
import { createCertificateAuthority, type Issuer, startIssuer } from '@switchboard/local-stack';
import type { SampleRequest } from '@switchboard/source-kit';
import { sources } from '@switchboard/sources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithBroker } from '../support/broker.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import { timed } from '../support/timed.ts';

const registryUrl = process.env.SCHEMA_REGISTRY_URL;
const audience = '11111111-2222-4333-8444-555555555555';
const ucwaAudience = 'https://litware.example';
const tenantId = '99999999-2222-4333-8444-555555555555';
const hmacKey = Buffer.alloc(32, 7).toString('base64');
const app = `app-${crypto.randomUUID()}`;
const rawName = 'switchboard.notifications.v1.RawNotification';

/** Which issuer of the local ones proves the samples of a source. */
const issuerOf = { 'graph-calling': 'calling', 'legacy-calling': 'calling', ucwa: 'ucwa', 'bot-framework': 'bot-framework' } as const;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

describeWithBroker('the ingress as a process', (brokers) => {
  describe.skipIf(registryUrl === undefined)('with a registry', () => {
    let directory: string;
    let ca: string;
    let environment: Record<string, string>;
    let issuer: Issuer;
    let log: KafkaLog;
    let codec: Codec;
    let reader: Reader;
    let replier: Appender;
    let ingress: ServiceProcess;
    let port: number;
    const stored: { record: LogRecord; raw: RawNotification }[] = [];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'ingress-'));
      const authority = await createCertificateAuthority({ directory });
      ca = authority.pem;
      issuer = await startIssuer({ authority });
      const server = await authority.issue();
      await writeFile(join(directory, 'cert.pem'), server.cert);
      await writeFile(join(directory, 'key.pem'), server.key);
      await writeFile(join(directory, 'sources.yaml'), sourcesFile());
      log = createKafkaLog({ brokers, clientId: 'ingress-test' });
      await log.applyTopics([topics.raw, topics.replies]);
      await registerSchemas({ registryUrl: registryUrl ?? '' });
      codec = await connectCodec({ registryUrl: registryUrl ?? '' });
      replier = await log.appender();
      reader = await log.reader({
        topics: [topics.raw.name],
        from: 'end',
        onRecords: (records) => {
          for (const record of records) {
            const raw = codec.decode(rawName, record.value ?? Buffer.alloc(0));
            if (raw.app === app) stored.push({ record, raw });
          }
        },
      });
      await reader.caughtUp;
      environment = {
        KAFKA_BROKERS: brokers.join(),
        SCHEMA_REGISTRY_URL: registryUrl ?? '',
        SOURCES_FILE: join(directory, 'sources.yaml'),
        EXTRA_CA_FILE: authority.file,
        TLS_CERT_FILE: join(directory, 'cert.pem'),
        TLS_KEY_FILE: join(directory, 'key.pem'),
        INGRESS_PORT: '0',
        HEALTH_PORT: '0',
        ROUTING_KEY: 'routing-key-of-the-tests-0123456789',
        HOOK_KEY: hmacKey,
      };
      ingress = startServiceProcess('ingress', environment);
      const listening = await ingress.logged('Ingress listening');
      port = Number(listening.port);
      await ready(Number(listening.healthPort));
    });

    afterAll(async () => {
      await ingress?.terminate();
      await reader?.stop();
      await replier?.stop();
      await issuer?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    function sourcesFile(): string {
      const metadata = (name: keyof typeof issuer.issuers) => issuer.issuers[name].metadataUrl;
      return JSON.stringify({
        routingTokenKeys: [{ env: 'ROUTING_KEY' }],
        regions: { self: 'emea', table: { emea: 'https://emea.example' } },
        apps: {
          [app]: {
            'graph-calling': { audience, tenants: [tenantId], metadataUrl: metadata('calling') },
            'bot-framework': { audience, metadataUrl: metadata('bot-framework') },
            ucwa: { audience: ucwaAudience, tenants: [tenantId], metadataUrl: metadata('ucwa') },
            'outgoing-webhook': { ids: [app], keys: [{ env: 'HOOK_KEY' }], reply: { default: { type: 'message', text: 'default' } } },
          },
        },
      });
    }

    async function ready(healthPort: number): Promise<void> {
      while (!(await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
    }

    async function samplesOf(id: (typeof sources)[number]['id']): Promise<readonly SampleRequest[]> {
      const source = sources.find((each) => each.id === id);
      const name = id === 'outgoing-webhook' ? 'calling' : issuerOf[id];
      const signer = issuer.issuers[name].signer({
        app,
        audience: id === 'ucwa' ? ucwaAudience : audience,
        tenantId,
        hmacKey,
        hmacId: app,
      });
      return (await source?.sample(signer)) ?? [];
    }

    function send(sample: SampleRequest, to = port): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port: to,
          path: sample.target,
          method: 'POST',
          headers: sample.headers,
          ca,
          agent: false as const,
        };
        const sending = httpsRequest(options, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
          );
        });
        sending.on('error', reject);
        sending.end(sample.body);
      });
    }

    async function storedFor(body: Buffer): Promise<{ record: LogRecord; raw: RawNotification }> {
      for (;;) {
        const found = stored.find(({ raw }) => raw.body.equals(body));
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }

    async function replyTo(notificationId: string, text: string): Promise<void> {
      const activity = JSON.stringify({ type: 'message', text });
      const value = codec.encode('switchboard.replies.v1.Reply', { notificationId, author: 'test', activity, createdAt: Date.now() });
      expect(await replier.append({ topic: topics.replies.name, key: Buffer.from(notificationId), value })).toMatchObject({ ok: true });
    }

    it.each([
      ['graph-calling', 202],
      ['legacy-calling', 204],
      ['ucwa', 200],
      ['bot-framework', 200],
    ] as const)('stores what %s sends, byte for byte, under its routing key, and answers %i', async (id, status) => {
      for (const sample of await samplesOf(id)) {
        const answer = await send(sample);
        expect([sample.name, answer.status]).toEqual([sample.name, status]);
        const { record, raw } = await storedFor(sample.body);
        expect(raw).toMatchObject({ source: id, app, answer: { status } });
        expect(record.key?.toString()).toBe(raw.routingKey);
        expect(headerText(record.headers, 'traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      }
    });

    it('gives a sender that waits the reply that comes through Kafka', async () => {
      const [sample] = await samplesOf('outgoing-webhook');
      if (sample === undefined) throw new Error('no sample');
      const answering = send(sample);
      const { raw } = await storedFor(sample.body);
      await replyTo(raw.notificationId, 'from afar');
      expect(JSON.parse((await answering).body)).toMatchObject({ type: 'message', text: 'from afar' });
    });

    it('stores nothing of a sender that is not authenticated', async () => {
      const [sample] = await samplesOf('graph-calling');
      if (sample === undefined) throw new Error('no sample');
      const before = stored.length;
      const token = issuer.issuers.calling.token({ iss: 'https://api.botframework.com', aud: audience, tid: tenantId });
      const forged = `${token.slice(0, -10)}${token.at(-10) === 'A' ? 'B' : 'A'}${token.slice(-9)}`;
      const answer = await send({ ...sample, headers: { ...sample.headers, authorization: `Bearer ${forged}` } });
      expect([answer.status, answer.body]).toEqual([401, '{"error":"unauthorized"}']);
      // A later record of the same call shows that nothing came before it.
      await send(sample);
      await storedFor(sample.body);
      expect(stored.length - before).toBe(1);
    });

    it('takes a changed sources file while it runs', async () => {
      const [sample] = await samplesOf('ucwa');
      if (sample === undefined) throw new Error('no sample');
      const renamed = { ...sample, target: sample.target.replace(app, `${app}-2`) };
      expect((await send(renamed)).status).toBe(401);
      const text = sourcesFile();
      const reloaded = ingress.lines.length;
      await writeFile(join(directory, 'sources.yaml'), text.replace(`"${app}":`, `"${app}-2":`).replace(`"ids":["${app}"]`, '"ids":["x"]'));
      while (!ingress.lines.slice(reloaded).some((line) => line.includes('SOURCES_FILE loaded'))) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect((await send(renamed)).status).toBe(200);
      await writeFile(join(directory, 'sources.yaml'), text);
    });

    it('answers 503 with Retry-After, never a success, while Kafka cannot be reached', async () => {
      const cut = startServiceProcess('ingress', { ...environment, KAFKA_BROKERS: '127.0.0.1:1' });
      const cutPort = Number((await cut.logged('Ingress listening')).port);
      const [sample] = await samplesOf('graph-calling');
      if (sample === undefined) throw new Error('no sample');
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const { result: answer, tookMs } = await timed(() => send(sample, cutPort));
        expect(answer.status).toBe(503);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(5);
        // The promise is 2 s; twice that leaves room for a busy machine.
        expect(tookMs).toBeLessThan(4_000);
      }
      expect(await cut.terminate()).toBe(0);
    });

    it('ends with 0 on SIGTERM, and has written no secret to its log', async () => {
      const [sample] = await samplesOf('graph-calling');
      expect(await ingress.terminate()).toBe(0);
      const written = ingress.lines.join('\n');
      expect(written).toContain('Ingress stopped');
      for (const secret of [hmacKey, 'routing-key-of-the-tests', sample?.headers.authorization?.slice(0, 40) ?? '?', 'eyJ']) {
        expect(written).not.toContain(secret);
      }
    });
  });
});
