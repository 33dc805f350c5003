import { join } from 'node:path';
import { createCertificateAuthority, startKafka, startRegistry } from '@switchboard/local-stack';
import type { AdminApi } from '../../packages/local-stack/src/stack/admin-api.ts';
import { adminTokensFile } from '../../packages/local-stack/src/stack/admin-tokens.ts';
import { readOrMakeCredentials, writePrivately } from '../../packages/local-stack/src/stack/credentials.ts';
import { TENANT_ID } from '../../packages/local-stack/src/stack/senders.ts';
import { stackFiles } from '../../packages/local-stack/src/stack/stack-files.ts';
import type { SenderJob } from '../chaos/load/sender-main.ts';
import { type ChaosInstances, chooseInstancePorts, createInstances } from '../chaos/run/instances.ts';
import { startPlatforms } from '../chaos/run/platforms.ts';
import { type Load, startLoad } from '../chaos/run/start-load.ts';
import { variablesFor } from './moved-settings.ts';
import type { Release, ReleaseName } from './release.ts';

/** One broker, one registry, one sender and one receiver, and the instances of both releases on the same ports. No instance is started. */
export interface UpgradeStack extends Omit<Load, 'sentLog' | 'stop'> {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly instances: Readonly<Record<ReleaseName, ChaosInstances>>;
  /** Of the release whose process listens there now. */
  readonly adminApi: AdminApi;
  readonly senderJob: Pick<SenderJob, 'tenantId' | 'ingressUrls' | 'senders' | 'logFile'>;
  stop(): Promise<void>;
}

export interface UpgradeStackOptions {
  readonly directory: string;
  readonly perService: number;
  readonly releases: Readonly<Record<ReleaseName, Release>>;
  readonly report: (line: string) => void;
}

export async function startUpgradeStack({ directory, perService, releases, report }: UpgradeStackOptions): Promise<UpgradeStack> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => report(String(error)));
  };
  try {
    const files = stackFiles(directory);
    const kafka = await startKafka({ dataDir: files.kafka, report });
    undo.push(() => kafka.stop());
    const registry = await startRegistry({ dataDir: files.registry, report });
    undo.push(() => registry.stop());
    const authority = await createCertificateAuthority({ directory: files.authority });
    const credentials = await readOrMakeCredentials(files.credentials);
    await writePrivately(files.adminTokens, adminTokensFile(credentials.adminToken));
    const ports = await chooseInstancePorts(perService);
    const instancesOf = (release: Release): ChaosInstances => {
      // A cache of compiled code within the checkout is removed with it.
      const cache = join(release.checkout, 'node_modules', '.cache', 'node-compile-cache');
      const life = { checkout: release.checkout, environment: { NODE_COMPILE_CACHE: cache } };
      return createInstances({
        files: { ...files, logs: join(files.logs, release.name) },
        credentials,
        perService,
        ports,
        usual: { ingress: life, normalizer: life, delivery: life, admin: life },
        brokers: kafka.brokers,
        registryUrl: registry.url,
        authorityFile: authority.file,
        variablesOf: variablesFor(release),
      });
    };
    const instances = { former: instancesOf(releases.former), present: instancesOf(releases.present) };
    const { ingressUrls, adminUrl } = instances.present;
    const { issuer, senders } = await startPlatforms({ files, authority, credentials, ingressUrl: ingressUrls[0] ?? '' });
    undo.push(() => issuer.stop());

    const load = await startLoad({ directory, authority });
    undo.push(() => load.stop());
    const everyone = Object.values(instances).flatMap(({ all, admin }) => [...all, admin]);
    undo.push(() => Promise.all(everyone.map((instance) => instance.kill())));
    return {
      ...load,
      brokers: kafka.brokers,
      registryUrl: registry.url,
      instances,
      adminApi: { url: adminUrl, token: credentials.adminToken },
      senderJob: { tenantId: TENANT_ID, ingressUrls, senders, logFile: load.sentLog },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
