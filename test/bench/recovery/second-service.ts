import { join } from 'node:path';
import type { DataPlaneName, Service } from '@switchboard/local-stack';
import { claimDirectory } from '../../../packages/local-stack/src/process/claim.ts';
import { readOrMakeCredentials } from '../../../packages/local-stack/src/stack/credentials.ts';
import { createService } from '../../../packages/local-stack/src/stack/service.ts';
import { environments } from '../../../packages/local-stack/src/stack/service-environment.ts';
import { stackFiles } from '../../../packages/local-stack/src/stack/stack-files.ts';
import type { BenchStack } from '../support/bench-stack.ts';
import { freeStackPorts } from '../support/free-ports.ts';

/** Another process of a service of the stack, on its own ports; not started. */
export async function createSecond(
  stack: BenchStack,
  name: Exclude<DataPlaneName, 'ingress'>,
  more: Readonly<Record<string, string>>,
): Promise<{ readonly service: Service; release(): Promise<void> }> {
  const files = stackFiles(stack.dataDir);
  const ports = await freeStackPorts();
  const { [name]: environment } = environments({
    ports,
    files,
    credentials: await readOrMakeCredentials(files.credentials),
    kafkaBrokers: stack.backbone.brokers.join(','),
    registryUrl: stack.backbone.registryUrl,
    access: stack.backbone.access,
    authorityFile: stack.authority.file,
  });
  const claim = await claimDirectory(join(stack.dataDir, 'second', name), () => {});
  const service = createService({
    name,
    environment: { ...environment, LOG_LEVEL: 'warn', ...more },
    healthPort: ports[`${name}Health`],
    claim,
    logFile: join(files.logs, `${name}-2.log`),
  });
  return {
    service,
    async release() {
      await service.stop();
      await claim.release();
    },
  };
}
