import { createCertificateAuthority } from '@switchboard/local-stack';
import { applyInstall } from '../../../packages/local-stack/src/stack/admin-api.ts';
import { adminTokensFile } from '../../../packages/local-stack/src/stack/admin-tokens.ts';
import { readOrMakeCredentials, writePrivately } from '../../../packages/local-stack/src/stack/credentials.ts';
import { TENANT_ID } from '../../../packages/local-stack/src/stack/senders.ts';
import { stackFiles } from '../../../packages/local-stack/src/stack/stack-files.ts';
import { installDocuments } from '../load/installs.ts';
import { manyInstallRecords } from '../load/large-events.ts';
import type { SenderJob } from '../load/sender-main.ts';
import { type Backbone, startBackbone } from './brokers.ts';
import { type ChaosInstances, chooseInstancePorts, createInstances, type InstancesOptions } from './instances.ts';
import { startPlatforms } from './platforms.ts';
import { type Load, startLoad } from './start-load.ts';
import { everyoneReady, until } from './until.ts';

/** Everything that a run needs, started and ready, with nothing sent yet. */
export interface ChaosStack extends Pick<Load, 'receiver' | 'sender' | 'saveReceived' | 'saveSent'> {
  readonly backbone: Backbone;
  readonly instances: ChaosInstances;
  readonly senderJob: Pick<SenderJob, 'tenantId' | 'ingressUrls' | 'senders' | 'logFile'>;
  stop(): Promise<void>;
}

export interface ChaosStackOptions {
  readonly directory: string;
  readonly seed: number;
  readonly perService: number;
  readonly usual: InstancesOptions['usual'];
  readonly report: (line: string) => void;
}

const READY_MS = 120_000;

export async function startChaosStack({ directory, seed, perService, usual, report }: ChaosStackOptions): Promise<ChaosStack> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => report(String(error)));
  };
  try {
    const files = stackFiles(directory);
    const backbone = await startBackbone({ directory, seed, report });
    undo.push(() => backbone.stop());
    const authority = await createCertificateAuthority({ directory: files.authority });
    const credentials = await readOrMakeCredentials(files.credentials);
    await writePrivately(files.adminTokens, adminTokensFile(credentials.adminToken));
    const instances = createInstances({
      ports: await chooseInstancePorts(perService),
      files,
      credentials,
      perService,
      usual,
      brokers: backbone.proxied,
      registryUrl: backbone.registry.url,
      authorityFile: authority.file,
    });
    const [ingressUrl = ''] = instances.ingressUrls;
    const { issuer, senders } = await startPlatforms({ files, authority, credentials, ingressUrl });
    undo.push(() => issuer.stop());

    const load = await startLoad({ directory, authority });
    undo.push(() => load.stop());

    await backbone.append(manyInstallRecords(load.origin, backbone.codec, credentials.secretsKey));

    report('starting the services');
    undo.push(() => Promise.all([...instances.all, ...instances.extras, instances.admin].map((instance) => instance.kill())));
    const first = [...instances.all, instances.admin];
    await Promise.all(first.map((instance) => instance.start()));
    await until('every service is ready', READY_MS, () => everyoneReady(first));
    for (const { id, document } of installDocuments(load.origin)) {
      await applyInstall({ url: instances.adminUrl, token: credentials.adminToken }, id, document);
    }
    // The data plane runs without it.
    await instances.admin.stop();
    return {
      ...load,
      backbone,
      instances,
      senderJob: { tenantId: TENANT_ID, ingressUrls: instances.ingressUrls, senders, logFile: load.sentLog },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
