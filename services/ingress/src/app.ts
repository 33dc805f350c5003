import { dirname } from 'node:path';
import type { Codec } from '@switchboard/contracts';
import type { EventLog } from '@switchboard/event-log';
import {
  type Certificate,
  createGuessLimit,
  createLimitedLog,
  type LimitedLog,
  type Logger,
  peerNetwork,
  readCertificate,
  type ServiceContext,
} from '@switchboard/runtime';
import type { KeySetReport, KeySets, Source } from '@switchboard/source-kit';
import { createAccept } from './accept/accept.ts';
import { createAdmission } from './accept/admission.ts';
import { createAuthenticate } from './accept/authenticate.ts';
import { createInFlight } from './accept/in-flight.ts';
import { createLoopAlarm } from './accept/loop-alarm.ts';
import { groupRoutes } from './accept/route-groups.ts';
import { callbackUriRoute } from './admin/callback-uri.ts';
import type { IngressLogCode } from './codes.ts';
import type { IngressConfig } from './config.ts';
import { createConnections } from './edge/connections.ts';
import { createKnownPeers } from './edge/known-peers.ts';
import { createPeers } from './edge/peer.ts';
import { createUnauthenticated } from './edge/unauthenticated.ts';
import { startHttpServer } from './http/http-server.ts';
import { createIngressMetrics, type IngressMetrics } from './ingress-metrics.ts';
import { reportKeySets } from './key-set-reports.ts';
import { createKeySetsCheck } from './key-sets-check.ts';
import { createRefusalReports } from './refusals.ts';
import { checkReplyText } from './replies/check-reply-text.ts';
import { type Replies, readReplies } from './replies/read-replies.ts';
import { createWaiters, type Waiters } from './replies/waiters.ts';
import { sourcesReader } from './sources-file/read-sources.ts';
import { type SourcesWatch, watchSources } from './sources-file/watch-sources.ts';

export interface Adapters {
  readonly sources: readonly Source[];
  readonly createKeySets: (report: (report: KeySetReport) => void) => KeySets;
  /** Where {env} secrets of the sources file come from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text of a file; throws when it cannot be read. */
  readonly readText: (path: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  readonly newId: (now: number) => string;
  readonly random: () => number;
}

export type AppConfig = Omit<IngressConfig, `kafka${string}` | `schemaRegistry${string}` | 'topicPrefix' | 'logLevel' | 'extraCaFile'>;

export type IngressContext = ServiceContext<AppConfig, EventLog, Codec>;

export interface App {
  readonly port: number;
  /** Reloads the sources file and the certificate now. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

const DRAIN_MS = 10_000;

/** Starts the ingress. It listens at once and responds with 503 until Kafka and the schema registry are connected. */
export async function createApp(context: IngressContext, adapters: Adapters): Promise<App> {
  const { config, log, logger, readiness } = context;
  const { sources, monotonic } = adapters;
  const waiters = createWaiters(checkReplyText);
  const inFlight = createInFlight({
    maxRequests: config.maxInFlightRequests,
    maxBytes: config.maxInFlightBytes,
    code: 'ERR_INGRESS_OVERLOADED',
  });
  const connections = createConnections({ ...config, onEvicted: () => metrics.evictions.inc({ what: 'connection' }) });
  const unauthenticated = createUnauthenticated({
    maxRequests: config.maxUnauthenticatedRequests,
    maxBytes: config.maxUnauthenticatedBytes,
    maxBytesPerPeer: config.maxUnauthenticatedBytesPerPeer,
    onEvicted: () => metrics.evictions.inc({ what: 'request' }),
    monotonic,
  });
  const metrics = createIngressMetrics(context.metrics, {
    inFlight: inFlight.requests,
    inFlightBytes: inFlight.bytes,
    unauthenticatedRequests: unauthenticated.requests,
    unauthenticatedBytes: unauthenticated.bytes,
    connections: connections.count,
    unauthenticatedConnections: connections.unauthenticated,
    waiting: waiters.size,
    appenderAvailable: () => appender.current()?.available() ?? false,
  });
  const keySets = adapters.createKeySets(reportKeySets(metrics.keySetFetches, logger));

  const watch = await watchSourcesFile(context, adapters, keySets, metrics);
  if (watch.current() === undefined) {
    watch.stop();
    throw new Error('SOURCES_FILE must be valid: see the log line with ERR_SOURCES_INVALID or ERR_SOURCES_UNREADABLE');
  }

  const appender = context.connect({ name: 'kafka', connect: () => log.appender(), close: (it) => it.stop() });
  readiness.require(() => (appender.current()?.available() === false ? ['Kafka does not take records'] : []));
  const codec = connectCodec(context, waiters, metrics);
  readiness.require(
    createKeySetsCheck({
      urls: () => watch.current()?.keySetUrls ?? [],
      has: (url) => keySets.has(url),
      monotonic,
      waitMs: config.keySetsWaitMs,
    }),
  );
  const limitedLog = createLimitedLog({ logger, monotonic });
  serveAdminRoute(context, { watch, metrics, limitedLog, monotonic });
  const authenticate = createAuthenticate({
    config: watch.current,
    codec: codec.current,
    appender: appender.current,
    keySets,
    metrics,
    monotonic,
    deadlineMs: config.appendDeadlineMs,
  });
  const certificate = certificateOf(config, adapters.readText, logger);
  const http = await startHttpServer({
    host: config.host,
    port: config.port,
    ...(certificate === undefined ? {} : { tls: certificate.files }),
    limits: config,
    minBodyRate: config.minBodyRate,
    groups: groupRoutes(sources),
    authenticate,
    accept: createAccept({ waiters, loopAlarm: createLoopAlarm(), metrics, logger, monotonic }),
    admission: createAdmission({ inFlight, monotonic }),
    unauthenticated,
    connections,
    knownPeers: createKnownPeers(monotonic),
    peers: createPeers({ trustedProxies: config.trustedProxies ?? [], header: config.peerHeader }),
    report: createRefusalReports(metrics.refusals, limitedLog),
    metrics,
    logger,
    now: adapters.now,
    monotonic,
    newId: adapters.newId,
    random: adapters.random,
  });
  const certificateWatch = certificate?.watch(http.useCertificate);
  logger.info({ port: http.port, healthPort: context.healthPort }, 'Ingress listening');

  return {
    port: http.port,
    reload: async () => void (await Promise.all([watch.reload(), certificateWatch?.reload()])),
    async stop() {
      await http.stop(DRAIN_MS);
      watch.stop();
      certificateWatch?.stop();
      await Promise.all([appender.stop(), codec.stop(), keySets.stop()]);
    },
  };
}

function watchSourcesFile(
  { config, logger }: IngressContext,
  adapters: Adapters,
  keySets: KeySets,
  metrics: IngressMetrics,
): Promise<SourcesWatch> {
  const secrets = { environment: adapters.environment, readText: adapters.readText, directory: dirname(config.sourcesFile) };
  return watchSources({
    readText: async () => adapters.readText(config.sourcesFile),
    parse: sourcesReader(adapters.sources, secrets),
    pollMs: config.sourcesPollMs,
    onChange: ({ keySetUrls }) => keySets.watch(keySetUrls),
    onOutcome: (outcome) => {
      metrics.sourcesLoads.inc({ outcome });
      metrics.sourcesValid.set(outcome === 'loaded' ? 1 : 0);
    },
    logger,
  });
}

/** Connects to the schema registry, and then reads the replies. */
function connectCodec({ connect, connectRegistry, readiness, log, logger }: IngressContext, waiters: Waiters, metrics: IngressMetrics) {
  let replies: Replies | undefined;
  const codec = connect({
    name: 'schema registry',
    connect: async () => {
      const connected = await connectRegistry();
      replies = readReplies({ log, codec: connected, waiters, replies: metrics.replies, logger });
      return connected;
    },
    close: async () => replies?.stop(),
  });
  readiness.require(() => (replies?.caughtUp() === false ? ['waiting for the replies to be read'] : []));
  return codec;
}

interface AdminRouteParts {
  readonly watch: SourcesWatch;
  readonly metrics: IngressMetrics;
  readonly limitedLog: LimitedLog;
  readonly monotonic: () => number;
}

/** Serves the admin route on the health port, where it has a token. */
function serveAdminRoute({ config, handleOnHealthPort }: IngressContext, parts: AdminRouteParts): void {
  const { watch, metrics, limitedLog, monotonic } = parts;
  const { adminTokenHash: tokenHash } = config;
  if (tokenHash === undefined) return;
  handleOnHealthPort(
    callbackUriRoute({
      config: watch.current,
      tokenHash,
      guesses: createGuessLimit({ monotonic }),
      onRefused: ({ code, peer }) => {
        metrics.adminRefusals.inc({ code });
        limitedLog.warn(code, () => ({ peer }), 'Admin request refused', peerNetwork(peer));
      },
    }),
  );
}

/** The certificate of the ingress; undefined where it does not terminate TLS. */
function certificateOf(config: AppConfig, readText: (path: string) => string, logger: Logger): Certificate | undefined {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile, sourcesPollMs: pollMs } = config;
  return readCertificate({ certFile, keyFile, pollMs, readText, logger, code: 'ERR_INGRESS_TLS_FILES' satisfies IngressLogCode });
}
