/** Prepares a demo in containers: authority, keys and tokens for the demo, and the files that the services read. Safe to run again. */

import { mkdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { createLogger, exitOnProblems } from '@switchboard/runtime';
import { startIssuer } from '../issuer/start-issuer.ts';
import { readOrMakeCredentials, writePrivately } from '../stack/credentials.ts';
import { writeSendersFile } from '../stack/senders.ts';
import { createCertificateAuthority } from '../tls/certificate-authority.ts';
import { readPrepareConfig } from './config.ts';
import { configurationFiles } from './configuration-files.ts';
import { demoFiles } from './demo-files.ts';
import { sampleInstall } from './sample-install.ts';

const { demoDir, configurationDir, issuerUrl, receiverUrl, ingressUrl } = exitOnProblems(readPrepareConfig());
const logger = createLogger({ service: 'demo-prepare' });
const files = demoFiles(demoDir);

const credentials = await readOrMakeCredentials(files.credentials);
const authority = await createCertificateAuthority({ directory: files.authority });
// Started for its keys and metadata URLs alone, which are those of the demo's issuer.
const issuer = await startIssuer({ authority, keysFile: files.issuerKeys, origin: issuerUrl });
try {
  await writeSendersFile(files.senders, issuer, credentials);
  await writePrivately(files.adminToken, credentials.adminToken);
  await writePrivately(files.install, JSON.stringify(sampleInstall(`${receiverUrl}/hook`, credentials.receiverSecret), null, 1));
  const written = configurationFiles({
    issuer,
    credentials,
    authorityPem: authority.pem,
    directory: configurationDir,
    ingressUrl,
    receiverUrl,
    networks: ownNetworks(),
  });
  await mkdir(configurationDir, { recursive: true });
  for (const [name, text] of Object.entries(written)) await writePrivately(join(configurationDir, name), text);
  logger.info({ demoDir, configurationDir, files: Object.keys(written) }, 'Demo is prepared');
} finally {
  await issuer.stop();
}

/** The networks that this container shares with the receiver. */
function ownNetworks(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ internal, cidr }) => (internal || cidr === null || cidr.startsWith('fe80:') ? [] : [cidr]));
}
