import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SampleSigner } from '@switchboard/source-kit';
import { type Issuer, startIssuer } from '../issuer/start-issuer.ts';
import { type Claim, claimDirectory } from '../process/claim.ts';
import type { ReceivedDelivery } from '../receiver/delivery.ts';
import { type Receiver, startReceiver } from '../receiver/start-receiver.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../tls/certificate-authority.ts';
import { type AppliedInstall, applyInstall } from './admin-api.ts';
import { adminTokensFile } from './admin-tokens.ts';
import { type Backbone, type BackboneOptions, startBackbone } from './backbone.ts';
import { readOrMakeCredentials, writePrivately } from './credentials.ts';
import { type SenderName, signerFor, writeSendersFile } from './senders.ts';
import { createService, type Service } from './service.ts';
import { environments } from './service-environment.ts';
import { type ServiceName, serviceNames } from './service-names.ts';
import { sourcesFile } from './sources-file.ts';
import { readStackEnvironment, removeStackEnvironment, stackFiles, writeStackEnvironment } from './stack-files.ts';
import { chooseStackPorts, type StackPorts, stackPortNames } from './stack-ports.ts';
import { createUndoList } from './undo-list.ts';

export interface StackOptions extends Omit<BackboneOptions, 'files'> {
  /** Everything of the stack; a second start on it has the same records, schemas, keys and authority. */
  readonly dataDir: string;
  /** Fixed ports; the others are the usual ones where free. */
  readonly ports?: Partial<StackPorts>;
  /** RETRY_DELAYS_MS; the delivery's own default unless given. */
  readonly retryDelaysMs?: readonly number[];
  /** How long the outgoing webhook waits for a reply; the source's own default unless given. */
  readonly replyWaitMs?: number;
  /** More variables for a service. */
  readonly environment?: Partial<Readonly<Record<ServiceName, Readonly<Record<string, string>>>>>;
  /** Services to start; the others can be started later. Default: all. */
  readonly services?: readonly ServiceName[];
  /** Called with every request to the sample receiver. */
  readonly onDelivery?: (delivery: ReceivedDelivery) => void;
}

/** A running stack. Its processes end with this process, whatever ends this process. */
export interface Stack {
  readonly dataDir: string;
  readonly ports: StackPorts;
  readonly ingressUrl: string;
  readonly adminUrl: string;
  /** Bearer token of an operator of the admin API and of the ingress's admin route. */
  readonly adminToken: string;
  /** A signing secret for installs of the sample receiver; the receiver already checks with it. */
  readonly receiverSecret: string;
  readonly backbone: Backbone;
  readonly authority: CertificateAuthority;
  readonly issuer: Issuer;
  readonly receiver: Receiver;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** Variables with which the command line tool finds this stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Signs samples of the source with the issuer's present key. */
  signer(source: SenderName, now?: number): SampleSigner;
  /** Creates or replaces an app install through the admin API. Throws ERR_STACK_REFUSED with what the API said. */
  applyInstall(id: string, document: object): Promise<AppliedInstall>;
  /** Writes SOURCES_FILE anew; the ingress takes it over while it runs. */
  writeSources(text: string): Promise<void>;
  stop(): Promise<void>;
}

const KEPT_DELIVERIES = 10_000;
const PORT_ATTEMPTS = 5;

/** Starts everything and resolves when every service is ready. Whatever fails, nothing stays running. Throws StackError. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const report = options.report ?? (() => {});
  const dataDir = resolve(options.dataDir);
  const files = stackFiles(dataDir);
  const claim = await claimDirectory(dataDir, report);
  const undo = createUndoList();
  undo.add(() => claim.release());
  try {
    // Before the ports: a service left over from an earlier run may hold them.
    const claims = await claimServices(files.services, report);
    undo.add(...serviceNames.map((name) => () => claims[name].release()));
    const credentials = await readOrMakeCredentials(files.credentials);
    const authority = await createCertificateAuthority({ directory: files.authority });
    const { onDelivery } = options;
    const [backbone, issuer, receiver] = await allOrNone(
      startBackbone({ ...options, files }),
      listening('issuer', options.ports, (port) => startIssuer({ authority, port, keysFile: files.issuerKeys })),
      listening('receiver', options.ports, (port) =>
        startReceiver({ authority, port, keep: KEPT_DELIVERIES, ...(onDelivery === undefined ? {} : { onDelivery }) }),
      ),
    );
    undo.add(backbone.stop, issuer.stop, receiver.stop);
    receiver.trust(credentials.receiverSecret);
    // Not before: while the backbone starts, it or another stack may take a port that was free.
    const others = stackPortNames.filter((name) => name !== 'issuer' && name !== 'receiver');
    const ports: StackPorts = { ...(await chooseStackPorts(others, options.ports)), issuer: issuer.port, receiver: receiver.port };

    const ingressUrl = `http://127.0.0.1:${ports.ingress}`;
    const adminUrl = `http://127.0.0.1:${ports.admin}`;
    await writePrivately(files.routingKey, credentials.routingKey);
    await writePrivately(files.hmacKey, credentials.hmacKey);
    await writePrivately(files.adminTokens, adminTokensFile(credentials.adminToken));
    await writeSendersFile(files.senders, issuer, credentials);
    await writeFile(
      files.sources,
      sourcesFile({
        replyWaitMs: options.replyWaitMs,
        issuer,
        routingKeyFile: files.routingKey,
        hmacKeyFile: files.hmacKey,
        ingressUrl,
        otherRegionUrl: `${receiver.origin}/amer`,
      }),
    );
    const { cli, ...variables } = environments({
      instanceId: 'local',
      ports,
      files,
      credentials,
      kafkaBrokers: backbone.brokers.join(','),
      registryUrl: backbone.registryUrl,
      access: backbone.access,
      authorityFile: authority.file,
      retryDelaysMs: options.retryDelaysMs,
    });

    report('Starting the services');
    const services = Object.fromEntries(
      serviceNames.map((name) => {
        const environment = { ...variables[name], ...options.environment?.[name] };
        const healthPort = ports[`${name}Health`];
        return [name, createService({ name, environment, healthPort, claim: claims[name], logFile: join(files.logs, `${name}.log`) })];
      }),
    ) as Record<ServiceName, Service>;
    undo.add(...serviceNames.map((name) => services[name].stop));
    await Promise.all((options.services ?? serviceNames).map((name) => services[name].start()));
    await writeStackEnvironment(dataDir, cli);
    undo.add(() => removeStackEnvironment(dataDir));

    return {
      dataDir,
      ports,
      ingressUrl,
      adminUrl,
      adminToken: credentials.adminToken,
      receiverSecret: credentials.receiverSecret,
      backbone,
      authority,
      issuer,
      receiver,
      services,
      environment: readStackEnvironment(dataDir),
      signer: (source, now) => signerFor(source, issuer, credentials, now),
      applyInstall: (id, document) => applyInstall({ url: adminUrl, token: credentials.adminToken }, id, document),
      writeSources: (text) => writeFile(files.sources, text),
      stop: undo.run,
    };
  } catch (error) {
    // Why it did not start says more than why it did not end.
    await undo.run().catch(() => undefined);
    throw error;
  }
}

// A port that was free when it was looked at may be taken by the time it is listened on.
async function listening<Started>(
  name: 'issuer' | 'receiver',
  fixed: Partial<StackPorts> | undefined,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await chooseStackPorts([name], fixed);
    try {
      return await start(ports[name]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function claimServices(directory: string, report: (line: string) => void): Promise<Readonly<Record<ServiceName, Claim>>> {
  const claims = await Promise.all(serviceNames.map(async (name) => [name, await claimDirectory(join(directory, name), report)] as const));
  return Object.fromEntries(claims) as Record<ServiceName, Claim>;
}

interface Stoppable {
  stop(): Promise<void>;
}

// When one fails, the others are awaited and stopped before its reason is thrown.
async function allOrNone<Started extends readonly Stoppable[]>(
  ...starting: { [K in keyof Started]: Promise<Started[K]> }
): Promise<Started> {
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined)
    return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined)) as unknown as Started;
  await Promise.allSettled(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.stop() : undefined)));
  throw failed.reason;
}
