import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerSchemas, topics } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { createCertificateAuthority, type Issuer, type IssuerName, startIssuer } from '@switchboard/local-stack';
import type { SampleRequest } from '@switchboard/source-kit';
import { type SourceId, sourceById } from '@switchboard/sources';
import { httpBytes } from '../http-bytes.ts';
import { startServiceProcess } from '../service-process.ts';

/** What every source responds to its first sample. */
export const successOf = {
  'graph-calling': 202,
  'legacy-calling': 204,
  ucwa: 200,
  'outgoing-webhook': 200,
  'bot-framework': 200,
} as const satisfies Readonly<Record<SourceId, number>>;

export const sourceIds = Object.keys(successOf) as readonly SourceId[];
export const bearerSources = sourceIds.filter((id) => id !== 'outgoing-webhook');

/** Which local issuer signs the tokens of a source; the outgoing webhook signs with a MAC and needs none. */
export const issuerOf: Readonly<Record<SourceId, IssuerName>> = {
  'graph-calling': 'calling',
  'legacy-calling': 'calling',
  ucwa: 'ucwa',
  'bot-framework': 'bot-framework',
  'outgoing-webhook': 'calling',
};

export interface EdgeIngress {
  readonly port: number;
  readonly tls: boolean;
  /** Sum of the samples of a metric whose labels contain the text. */
  metric(name: string, labels?: string): Promise<number>;
  /** Resolves with the first line that has this message. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** The log lines so far. */
  readonly lines: readonly string[];
  stop(): Promise<unknown>;
}

/** Everything that an ingress on real Kafka needs: an issuer, certificates, topics, schemas and a sources file with an app for every source. */
export interface Edge {
  /** The app that every source has. */
  readonly app: string;
  readonly issuer: Issuer;
  /** The first sample of a source, newly signed. */
  sample(source: SourceId): Promise<SampleRequest>;
  /** The same as bytes. */
  request(source: SourceId, headers?: Readonly<Record<string, string>>): Promise<Buffer>;
  /** A request of the outgoing webhook whose body has this many bytes, as bytes. */
  hookRequest(bodyBytes: number): Promise<Buffer>;
  /** Starts an ingress as a process and waits until it is ready. */
  startIngress(options?: { readonly tls?: boolean; readonly environment?: Readonly<Record<string, string>> }): Promise<EdgeIngress>;
  /** Issues another certificate and replaces its file, the key file, or both; gives the serial number. */
  replaceCertificate(files?: 'both' | 'certificate'): Promise<string>;
  stop(): Promise<void>;
}

const AUDIENCE = '11111111-2222-4333-8444-555555555555';
const UCWA_AUDIENCE = 'https://litware.example';
const TENANT_ID = '99999999-2222-4333-8444-555555555555';
const HMAC_KEY = Buffer.alloc(32, 7).toString('base64');

export async function prepareEdge(brokers: readonly string[], registryUrl: string): Promise<Edge> {
  const app = `app-${crypto.randomUUID()}`;
  const directory = await mkdtemp(join(tmpdir(), 'edge-'));
  const authority = await createCertificateAuthority({ directory });
  const issuer = await startIssuer({ authority });
  const { cert, key } = await authority.issue();
  await writeFile(join(directory, 'cert.pem'), cert);
  await writeFile(join(directory, 'key.pem'), key);
  await writeFile(join(directory, 'sources.yaml'), sourcesFile(app, issuer));
  const log = createKafkaLog({ brokers: [...brokers], clientId: 'edge-test' });
  await log.applyTopics([topics.raw, topics.replies]);
  await registerSchemas({ registryUrl });
  const ingresses: EdgeIngress[] = [];

  const signerOf = (id: SourceId) => {
    const audience = id === 'ucwa' ? UCWA_AUDIENCE : AUDIENCE;
    return issuer.issuers[issuerOf[id]].signer({ app, audience, tenantId: TENANT_ID, hmacKey: HMAC_KEY, hmacId: app });
  };
  const sample = async (id: SourceId): Promise<SampleRequest> => {
    const [first] = (await sourceById(id)?.sample(signerOf(id))) ?? [];
    if (first === undefined) throw new Error(`${id} has no sample`);
    return first;
  };

  return {
    app,
    issuer,
    sample,
    request: async (id, headers) => httpBytes(await sample(id), headers),
    async hookRequest(bodyBytes) {
      const { headers, body: small, ...others } = await sample('outgoing-webhook');
      // Blanks after the object are JSON.
      const body = Buffer.from(Buffer.from(small).toString().padEnd(bodyBytes));
      return httpBytes({ ...others, body, headers: { ...headers, authorization: signerOf('outgoing-webhook').hmac(body) } });
    },
    async startIngress({ tls = false, environment = {} } = {}) {
      const certificate = { TLS_CERT_FILE: join(directory, 'cert.pem'), TLS_KEY_FILE: join(directory, 'key.pem') };
      const started = await startIngressProcess(tls, {
        KAFKA_BROKERS: brokers.join(),
        SCHEMA_REGISTRY_URL: registryUrl,
        SOURCES_FILE: join(directory, 'sources.yaml'),
        EXTRA_CA_FILE: authority.file,
        INGRESS_PORT: '0',
        HEALTH_PORT: '0',
        LOG_LEVEL: 'info',
        ROUTING_KEY: 'routing-key-of-the-tests-0123456789',
        HOOK_KEY: HMAC_KEY,
        ...(tls ? certificate : {}),
        ...environment,
      });
      ingresses.push(started);
      return started;
    },
    async replaceCertificate(files = 'both') {
      const next = await authority.issue();
      await writeFile(join(directory, 'cert.pem'), next.cert);
      if (files === 'both') await writeFile(join(directory, 'key.pem'), next.key);
      return new X509Certificate(next.cert).serialNumber;
    },
    async stop() {
      await Promise.all(ingresses.map((ingress) => ingress.stop()));
      await issuer.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startIngressProcess(tls: boolean, environment: Readonly<Record<string, string>>): Promise<EdgeIngress> {
  const ingress = startServiceProcess('ingress', environment);
  const { port, healthPort } = await ingress.loggedWith('healthPort');
  const health = `http://127.0.0.1:${Number(healthPort)}`;
  while (!(await fetch(`${health}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    port: Number(port),
    tls,
    async metric(name, labels = '') {
      const lines = (await (await fetch(`${health}/metrics`)).text()).split('\n');
      const samples = lines.filter((line) => new RegExp(`^${name}[ {]`).test(line) && line.includes(labels));
      return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    logged: ingress.logged,
    lines: ingress.lines,
    stop: ingress.terminate,
  };
}

function sourcesFile(app: string, issuer: Issuer): string {
  const metadata = (name: IssuerName) => issuer.issuers[name].metadataUrl;
  const reply = { waitMs: 0, default: { type: 'message', text: 'default' } };
  return JSON.stringify({
    routingTokenKeys: [{ env: 'ROUTING_KEY' }],
    regions: { self: 'emea', table: { emea: 'https://emea.example' } },
    apps: {
      [app]: {
        'graph-calling': { audience: AUDIENCE, tenants: [TENANT_ID], metadataUrl: metadata('calling') },
        'bot-framework': { audience: AUDIENCE, metadataUrl: metadata('bot-framework') },
        ucwa: { audience: UCWA_AUDIENCE, tenants: [TENANT_ID], metadataUrl: metadata('ucwa') },
        'outgoing-webhook': { ids: [app], keys: [{ env: 'HOOK_KEY' }], reply },
      },
    },
  });
}
