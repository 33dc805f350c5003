import { type Codec, createOfflineCodec, type RawNotification, topics } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import { createLogger, createMetrics, hostService } from '@switchboard/runtime';
import type { KeySets, Source } from '@switchboard/source-kit';
import { type Adapters, type App, type AppConfig, createApp } from '../app.ts';
import { createScriptedLog, type ScriptedLog } from './scripted-log.ts';
import { testSources } from './test-sources.ts';

export interface TestIngress {
  readonly app: App;
  readonly url: string;
  readonly healthUrl: string;
  readonly log: ScriptedLog;
  readonly codec: Codec;
  /** Lines that were logged. */
  readonly lines: string[];
  /** Replaces the sources file and looks at it. */
  writeSources(text: string): Promise<void>;
  post(target: string, body: string | Buffer, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Raw records that were acknowledged. */
  raw(): RawNotification[];
  reply(notificationId: string, activity: unknown): Promise<void>;
  metric(pattern: RegExp): Promise<string | undefined>;
  stop(): Promise<void>;
}

export interface TestIngressOptions {
  /** Monotonic milliseconds. Default: the clock of the process. */
  readonly monotonic?: () => number;
  readonly sources?: readonly Source[];
  readonly sourcesFile?: string;
  readonly config?: Partial<AppConfig>;
  readonly keySets?: KeySets;
  readonly environment?: Readonly<Record<string, string>>;
  readonly connectCodec?: () => Promise<Codec>;
  readonly waitUntilReady?: boolean;
}

const routingKeySecret = 'routing-key-of-the-tests-0123456789';

export const testSourcesFile = `
routingTokenKeys: [{ env: ROUTING_KEY }]
regions: { self: emea, table: { emea: 'https://emea.example', amer: 'https://amer.example' } }
apps:
  alpha:
    test: { word: { env: ALPHA_WORD } }
    hook: { word: { env: ALPHA_WORD }, waitMs: 400 }
  beta:
    test: { word: { env: BETA_WORD } }
`;

/** Key sets of sources that ask for none. */
const noKeySets: KeySets = {
  find: async () => ({ kind: 'unavailable', reason: 'issuer' }),
  has: () => true,
  watch: () => {},
  stop: async () => {},
};

const config: AppConfig = {
  host: '127.0.0.1',
  port: 0,
  healthPort: 0,
  sourcesFile: '/etc/switchboard/sources.yaml',
  sourcesPollMs: 60_000,
  tlsCertFile: undefined,
  tlsKeyFile: undefined,
  appendDeadlineMs: 1_500,
  maxBodyBytes: 1_048_576,
  maxInFlightRequests: 100,
  maxInFlightBytes: 67_108_864,
  maxUnauthenticatedRequests: 500,
  maxUnauthenticatedBytes: 16_777_216,
  maxUnauthenticatedBytesPerPeer: 0,
  minBodyRate: 1_000,
  maxConnections: 100,
  maxConnectionsPerPeer: 0,
  trustedProxies: undefined,
  peerHeader: 'x-forwarded-for',
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 15_000,
  keySetsWaitMs: 30_000,
  adminTokenHash: undefined,
};

/** The whole ingress on loopback ports, with a scripted log in place of Kafka and a text in place of the sources file. */
export async function startTestIngress(options: TestIngressOptions = {}): Promise<TestIngress> {
  const log = createScriptedLog();
  const codec = createOfflineCodec();
  const lines: string[] = [];
  const metrics = createMetrics('ingress');
  let text = options.sourcesFile ?? testSourcesFile;
  const adapters: Adapters = {
    sources: options.sources ?? testSources,
    createKeySets: () => options.keySets ?? noKeySets,
    environment: { ROUTING_KEY: routingKeySecret, ALPHA_WORD: 'alpha-word', BETA_WORD: 'beta-word', ...options.environment },
    readText: (path) => {
      if (path !== config.sourcesFile || text === 'missing') throw new Error(`ENOENT ${path}`);
      return text;
    },
    now: () => Date.now(),
    monotonic: options.monotonic ?? (() => performance.now()),
    newId: () => crypto.randomUUID(),
    random: () => 0.5,
  };
  const app = await hostService({
    config: { ...config, ...options.config },
    log,
    connectRegistry: options.connectCodec ?? (async () => codec),
    logger: createLogger({ service: 'ingress', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    metrics,
    signal: new AbortController().signal,
    start: (context) => createApp(context, adapters),
  });
  const url = `http://127.0.0.1:${app.port}`;
  const healthUrl = `http://127.0.0.1:${app.healthPort}`;
  if (options.waitUntilReady ?? true) await until(async () => (await fetch(`${healthUrl}/readyz`)).ok);
  return {
    app,
    url,
    healthUrl,
    log,
    codec,
    lines,
    async writeSources(next) {
      text = next;
      await app.reload();
    },
    post: (target, body, headers = {}) =>
      fetch(url + target, { method: 'POST', body: Buffer.from(body), headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) }),
    raw: () => log.stored.map((record: OutRecord) => codec.decode('switchboard.notifications.v1.RawNotification', record.value as Buffer)),
    async reply(notificationId, activity) {
      const value = codec.encode('switchboard.replies.v1.Reply', {
        notificationId,
        author: 'install-1',
        activity: typeof activity === 'string' ? activity : JSON.stringify(activity),
        createdAt: Date.now(),
      });
      await log.deliver({ topic: topics.replies.name, key: Buffer.from(notificationId), value });
    },
    metric: async (pattern) => (await metrics.text()).split('\n').find((line) => pattern.test(line)),
    stop: () => app.stop(),
  };
}

/** Waits for a condition; a test whose condition never holds fails by its own timeout. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
