import { join } from 'node:path';
import type { Issuer } from '../issuer/start-issuer.ts';
import { adminTokensFile } from '../stack/admin-tokens.ts';
import { type Credentials, tokenHash } from '../stack/credentials.ts';
import { sourcesFile } from '../stack/sources-file.ts';

export interface ConfigurationFilesOptions {
  readonly issuer: Issuer;
  readonly credentials: Credentials;
  /** Certificate of the authority behind issuer and receiver. */
  readonly authorityPem: string;
  /** Folder of the files, by the path that the services know it by. */
  readonly directory: string;
  readonly ingressUrl: string;
  readonly receiverUrl: string;
  /** CIDR ranges in which the receiver is. */
  readonly networks: readonly string[];
}

/** Text of every file that the services of a demo read, by name: what they know of secrets, and nothing that signs on the platforms' behalf. */
export function configurationFiles(options: ConfigurationFilesOptions): Readonly<Record<string, string>> {
  const { credentials } = options;
  const path = (name: string): string => join(options.directory, name);
  const trust = { EXTRA_CA_FILE: path('ca.pem') };
  const webhooks = { ADDRESS_ALLOW: options.networks.join(',') };
  return {
    'ca.pem': options.authorityPem,
    'routing-key': credentials.routingKey,
    'hmac-key': credentials.hmacKey,
    'secrets-key': credentials.secretsKey,
    'admin-tokens.json': adminTokensFile(credentials.adminToken),
    'sources.yaml': sourcesFile({
      issuer: options.issuer,
      routingKeyFile: path('routing-key'),
      hmacKeyFile: path('hmac-key'),
      ingressUrl: options.ingressUrl,
      otherRegionUrl: `${options.receiverUrl}/amer`,
    }),
    'ingress.env': environmentFile({ ...trust, INGRESS_ADMIN_TOKEN_SHA256: tokenHash(credentials.adminToken) }),
    'delivery.env': environmentFile({ ...trust, ...webhooks }),
    'admin.env': environmentFile({ ...trust, ...webhooks }),
  };
}

function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
