import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  createInstallStore,
  createSecretBox,
  type InstallStore,
  readTokens,
  resealInstalls,
  startInstallView,
} from '@switchboard/app-installs';
import { createMemoryWriter } from '@switchboard/app-installs/testing';
import { createOfflineCodec, topics } from '@switchboard/contracts';
import { createMemoryLog } from '@switchboard/event-log';
import { createGuessLimit, createLimitedLog, createLogger, createMetrics } from '@switchboard/runtime';
import { createAddressRule } from '@switchboard/webhooks';
import type { FastifyInstance } from 'fastify';
import { startAuditWindow } from '../audit/audit-window.ts';
import { createAdminServer } from '../http/admin-server.ts';
import { observeRefusals } from '../http/refusals.ts';
import { checkResponses } from './response-check.ts';

/** A token of each kind; the confined ones are confined to the tenants t1 and t2. */
export const adminTokens = {
  operator: 'operator-token',
  editor: 'editor-token',
  reader: 'reader-token',
  confined: 'confined-token',
  confinedReader: 'confined-reader-token',
};
/** Tokens that are confined to the install `own`. */
export const installTokens = { installEditor: 'install-editor-token', installReader: 'install-reader-token' };
export type TokenName = keyof typeof adminTokens;

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const tokensFile = JSON.stringify({
  tokens: [
    { name: 'ops', role: 'operator', sha256: sha256(adminTokens.operator) },
    { name: 'dev', role: 'editor', sha256: sha256(adminTokens.editor) },
    { name: 'look', role: 'reader', sha256: sha256(adminTokens.reader) },
    { name: 'tenant-dev', role: 'editor', sha256: sha256(adminTokens.confined), tenants: ['t1', 't2'] },
    { name: 'tenant-look', role: 'reader', sha256: sha256(adminTokens.confinedReader), tenants: ['t1', 't2'] },
    { name: 'app-dev', role: 'editor', sha256: sha256(installTokens.installEditor), installs: ['own'] },
    { name: 'app-look', role: 'reader', sha256: sha256(installTokens.installReader), installs: ['own'] },
  ],
});

/** Time of every change that the rig's server makes. */
export const RIG_NOW = Date.parse('2026-01-01T00:00:00Z');

/** Most audit records that the rig's server shows. */
export const AUDIT_WINDOW = 8;

export interface AdminRig {
  readonly server: FastifyInstance;
  readonly store: InstallStore;
  /** Key under which a former version of the operator's list sealed; it opens here. */
  readonly formerKey: Buffer;
  /** Codes with which the next writes fail. */
  readonly failures: Parameters<typeof createMemoryWriter>[1] & {};
  /** Accepted changes: caller, action, install and version. */
  readonly changes: string[];
  /** Installs whose secrets were shown, with the caller. */
  readonly shown: string[];
  /** Log lines, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** What the log has in all, as it was written. */
  logText(): string;
  metricsText(): Promise<string>;
  /** Monotonic time of the guess limit and the log, milliseconds. */
  readonly clock: { now: number };
  /** Listens on 127.0.0.1 and gives the port. */
  listen(): Promise<number>;
  /** Rejects if a response did not match the schema of its route. */
  stop(): Promise<void>;
}

/** The admin API over a log in memory, with its tokens, its guess limit, its log and its metrics. */
export async function startAdminRig(): Promise<AdminRig> {
  const log = createMemoryLog({ topics: Object.values(topics) });
  const codec = createOfflineCodec();
  const [appender, view, audit] = await Promise.all([
    log.appender(),
    startInstallView({ log, codec }),
    startAuditWindow({ log, codec, size: AUDIT_WINDOW }),
  ]);
  const failures: AdminRig['failures'] = [];
  const changes: string[] = [];
  const shown: string[] = [];
  const texts: string[] = [];
  const lines: Readonly<Record<string, unknown>>[] = [];
  const clock = { now: 0 };
  const write = (text: string): void => {
    texts.push(text);
    lines.push(JSON.parse(text));
  };
  const logger = createLogger({ service: 'admin', destination: { write } });
  const metrics = createMetrics('admin');
  const writer = createMemoryWriter(appender, failures);
  const store = createInstallStore({ log, writer, codec });
  const formerKey = randomBytes(32);
  const box = createSecretBox(randomBytes(32), formerKey);
  const read = readTokens(tokensFile);
  if (!read.ok) throw new Error(read.problems.join());
  const monotonic = () => clock.now;
  let id = 0;
  const server = createAdminServer({
    view,
    audit,
    store,
    box,
    rule: createAddressRule(),
    now: () => RIG_NOW,
    newId: () => `secret-${++id}`,
    authenticate: read.authenticate,
    guesses: createGuessLimit({ monotonic }),
    newRequestId: randomUUID,
    onRefused: observeRefusals(createLimitedLog({ logger, monotonic }), metrics),
    onChanged: ({ caller, action, installId, version }) => changes.push(`${caller} ${action} ${installId} ${version}`),
    reseal: (by) => resealInstalls({ log, writer, codec, box, now: () => RIG_NOW }, by),
    onResealed: ({ caller, installs, resealed }) => changes.push(`${caller} reseal ${resealed} of ${installs}`),
    onSecretsShown: ({ caller, installId }) => shown.push(`${caller} ${installId}`),
    onError: (error) => {
      throw error;
    },
  });
  const differences = checkResponses(server);
  return {
    ...{ server, store, formerKey, failures, changes, shown, lines, clock },
    logText: () => texts.join(''),
    metricsText: () => metrics.text(),
    listen: async () => {
      await server.listen({ host: '127.0.0.1', port: 0 });
      return (server.server.address() as AddressInfo).port;
    },
    stop: async () => {
      await server.close();
      await Promise.all([view.stop(), audit.stop()]);
      if (differences.length > 0) throw new Error(differences.join('\n'));
    },
  };
}

/** An app-install document with one webhook. */
export function exampleDocument(members: object = {}) {
  const webhooks = { 'ms.MessagingEventNotification.ContentEvent': { endpoint: 'https://hooks.example/in' } };
  return { client_name: 'Example', capabilities: { webhooks }, ...members };
}
