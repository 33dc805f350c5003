import type { Credentials } from './credentials.ts';
import { tokenHash } from './credentials.ts';
import type { ServiceName } from './service-names.ts';
import type { stackFiles } from './stack-files.ts';
import type { StackPorts } from './stack-ports.ts';

export interface EnvironmentOptions {
  readonly ports: StackPorts;
  readonly files: ReturnType<typeof stackFiles>;
  readonly credentials: Credentials;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  /** More variables that say how brokers and registry are connected to. */
  readonly access?: Readonly<Record<string, string>> | undefined;
  readonly authorityFile: string;
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** Of the services that process exactly once; another one at each start unless given. */
  readonly instanceId?: string;
}

/** Environment variables of every service, and of the command line tool, besides those of the host. */
export function environments(options: EnvironmentOptions): Readonly<Record<ServiceName | 'cli', Readonly<Record<string, string>>>> {
  const { ports, files, credentials } = options;
  const common = {
    KAFKA_BROKERS: options.kafkaBrokers,
    SCHEMA_REGISTRY_URL: options.registryUrl,
    ...options.access,
    EXTRA_CA_FILE: options.authorityFile,
  };
  // Delivery and admin open the same secrets and admit the same endpoints.
  const webhooks = { SECRETS_KEY: credentials.secretsKey, ADDRESS_ALLOW: '127.0.0.0/8' };
  const instance = options.instanceId === undefined ? {} : { INSTANCE_ID: options.instanceId };
  return {
    ingress: {
      ...common,
      INGRESS_PORT: String(ports.ingress),
      HEALTH_PORT: String(ports.ingressHealth),
      INGRESS_ADMIN_TOKEN_SHA256: tokenHash(credentials.adminToken),
      SOURCES_FILE: files.sources,
      SOURCES_POLL_MS: '250',
    },
    normalizer: { ...common, ...instance, HEALTH_PORT: String(ports.normalizerHealth) },
    delivery: {
      ...common,
      ...instance,
      ...webhooks,
      HEALTH_PORT: String(ports.deliveryHealth),
      ...(options.retryDelaysMs === undefined ? {} : { RETRY_DELAYS_MS: options.retryDelaysMs.join(',') }),
    },
    admin: {
      ...common,
      ...webhooks,
      HEALTH_PORT: String(ports.adminHealth),
      ADMIN_PORT: String(ports.admin),
      ADMIN_TOKENS_FILE: files.adminTokens,
    },
    cli: {
      ...common,
      SWITCHBOARD_INGRESS_URL: `http://127.0.0.1:${ports.ingress}`,
      SWITCHBOARD_ADMIN_URL: `http://127.0.0.1:${ports.admin}`,
      SWITCHBOARD_ADMIN_TOKEN: credentials.adminToken,
      SWITCHBOARD_SENDERS_FILE: files.senders,
    },
  };
}
