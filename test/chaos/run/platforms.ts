import { readFile, writeFile } from 'node:fs/promises';
import { type CertificateAuthority, type Issuer, startIssuer } from '@switchboard/local-stack';
import { type Credentials, writePrivately } from '../../../packages/local-stack/src/stack/credentials.ts';
import { writeSendersFile } from '../../../packages/local-stack/src/stack/senders.ts';
import { sourcesFile } from '../../../packages/local-stack/src/stack/sources-file.ts';
import type { stackFiles } from '../../../packages/local-stack/src/stack/stack-files.ts';
import type { Senders } from '../load/sign-requests.ts';

/** Who signs, and the file by which the ingress knows them. */
export interface Platforms {
  readonly issuer: Issuer;
  readonly senders: Senders;
}

export async function startPlatforms(options: {
  readonly files: ReturnType<typeof stackFiles>;
  readonly authority: CertificateAuthority;
  readonly credentials: Credentials;
  readonly ingressUrl: string;
}): Promise<Platforms> {
  const { files, authority, credentials, ingressUrl } = options;
  const issuer = await startIssuer({ authority, keysFile: files.issuerKeys });
  await writePrivately(files.routingKey, credentials.routingKey);
  await writePrivately(files.hmacKey, credentials.hmacKey);
  await writeSendersFile(files.senders, issuer, credentials);
  const paths = { routingKeyFile: files.routingKey, hmacKeyFile: files.hmacKey };
  await writeFile(files.sources, sourcesFile({ issuer, ...paths, ingressUrl, otherRegionUrl: 'https://amer.example.com' }));
  return { issuer, senders: JSON.parse(await readFile(files.senders, 'utf8')) as Senders };
}
