import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  connectInstallView,
  createInstallStore,
  createSecretBox,
  INSTALL_WRITER_ID,
  readTokens,
  resealInstalls,
  type TokensWatch,
  watchTokens,
} from '@switchboard/app-installs';
import { type Codec, isRegistryAway } from '@switchboard/contracts';
import { isLogAway, type KafkaLog } from '@switchboard/event-log';
import { createGuessLimit, createLimitedLog, type RunningService, type ServiceContext } from '@switchboard/runtime';
import { createAddressRule } from '@switchboard/webhooks';
import { type AuditWindow, startAuditWindow } from './audit/audit-window.ts';
import type { AdminConfig } from './config.ts';
import { adminCertificate, useCertificate } from './http/admin-certificate.ts';
import { createAdminServer } from './http/admin-server.ts';
import { observeRefusals } from './http/refusals.ts';

export type AdminContext = ServiceContext<AdminConfig, Pick<KafkaLog, 'admin' | 'fencedWriter' | 'reader'>, Codec>;

/** Starts the admin API. Resolves once the registry responded and every app install is read; there is no timeout but the signal. */
export async function startAdmin(context: AdminContext): Promise<RunningService & { readonly adminPort: number }> {
  const { config, log, logger, metrics, connect } = context;
  const certificate = adminCertificate(config, logger);
  const tokens = await openTokens(context);
  const codec = await connect({ name: 'schema registry', connect: context.connectRegistry, mayPass: isRegistryAway }).connected;
  const view = await connectInstallView(context, codec).connected;
  const audit = await connectAuditWindow(context, codec);
  metrics.gauge({ name: 'admin_app_installs', help: 'App installs known.', read: () => view.all().length });
  const writer = await log.fencedWriter(INSTALL_WRITER_ID);
  const monotonic = () => performance.now();
  const box = createSecretBox(...config.secretsKeys);
  const now = () => Date.now();
  const server = createAdminServer({
    tls: certificate?.files,
    view,
    audit,
    store: createInstallStore({ log, writer, codec }),
    box,
    rule: createAddressRule(config.addressAllow),
    now,
    newId: randomUUID,
    authenticate: tokens.authenticate,
    guesses: createGuessLimit({ monotonic }),
    newRequestId: randomUUID,
    onRefused: observeRefusals(createLimitedLog({ logger, monotonic }), metrics),
    reseal: (by) => resealInstalls({ log, writer, codec, box, now }, by),
    onResealed: (counts) => logger.info({ ...counts }, 'Secrets of app installs resealed'),
    onSecretsShown: (shown) => logger.info({ ...shown }, 'Secrets of an app install shown'),
    onChanged: (change) => logger.info({ ...change }, 'App install changed'),
    onError: (error) => logger.error({ err: error }, 'Admin request failed'),
  });
  const certificateWatch = certificate?.watch((files) => useCertificate(server, files));
  await server.listen({ host: config.host, port: config.adminPort });
  const address = server.server.address();
  const adminPort = typeof address === 'object' && address !== null ? address.port : config.adminPort;
  logger.info({ adminPort, tls: certificate !== undefined, healthPort: context.healthPort }, 'Admin API listening');

  return {
    adminPort,
    done: Promise.race([view.done, audit.done]),
    async stop() {
      tokens.stop();
      certificateWatch?.stop();
      await server.close();
      await Promise.all([writer.stop(), view.stop(), audit.stop()]);
    },
  };
}

/** Newest audit records that the API shows. Older ones are in the topic. */
const AUDIT_WINDOW = 10_000;

function connectAuditWindow({ connect, log, logger }: AdminContext, codec: Codec): Promise<AuditWindow> {
  return connect({
    name: 'audit records',
    connect: () =>
      startAuditWindow({
        log,
        codec,
        size: AUDIT_WINDOW,
        onUnreadable: ({ partition, offset }, error) =>
          logger.error({ err: error, partition, offset: String(offset) }, 'Audit record cannot be read'),
      }),
    close: (window) => window.stop(),
    mayPass: isLogAway,
  }).connected;
}

/** The tokens of ADMIN_TOKENS_FILE, kept up to date. Throws if the file breaks a rule at the start. */
async function openTokens({ config, logger, metrics }: AdminContext): Promise<TokensWatch> {
  const readText = (path: string) => readFile(path, 'utf8');
  const path = config.adminTokensFile;
  const text = await readText(path);
  const read = readTokens(text);
  if (!read.ok) throw new Error(`ADMIN_TOKENS_FILE has ${read.problemCount} problem(s): ${read.problems.join('; ')}`);
  return watchTokens({ path, text, authenticate: read.authenticate, readText, pollMs: config.adminTokensPollMs, logger, metrics });
}
