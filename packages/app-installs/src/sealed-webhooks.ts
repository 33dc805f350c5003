import { type AppInstall, parseJsonText, type Webhook } from '@switchboard/contracts';
import type { InstallDocument, InstallDocumentJson, WebhookJson } from './install-document.ts';
import type { SecretBox } from './secret-box.ts';

/** What is secret of a webhook. */
interface WebhookSecrets {
  /** With its question mark; empty where the endpoint has none. */
  readonly query: string;
  /** Values of the headers, in their order. */
  readonly values: readonly string[];
}

type SecretsByType = Readonly<Record<string, WebhookSecrets>>;

const ownerOf = ({ installId }: AppInstall) => ({ installId, part: 'webhooks' }) as const;

/** An endpoint has no fragment, so everything from the first question mark is its query. */
function splitEndpoint(endpoint: string): readonly [base: string, query: string] {
  const start = endpoint.indexOf('?');
  return start < 0 ? [endpoint, ''] : [endpoint.slice(0, start), endpoint.slice(start)];
}

export function withoutQuery(endpoint: string): string {
  return splitEndpoint(endpoint)[0];
}

/** The document with every webhook changed; `retry`, which is no webhook, stays. */
export function mapWebhooks(
  document: InstallDocumentJson,
  change: (webhook: WebhookJson, type: string) => object,
): Readonly<Record<string, unknown>> {
  const { webhooks } = document.capabilities ?? {};
  if (webhooks === undefined) return { ...document };
  const changed = Object.entries(webhooks).map(([type, webhook]) => [
    type,
    type === 'retry' ? webhook : change(webhook as WebhookJson, type),
  ]);
  return { ...document, capabilities: { ...document.capabilities, webhooks: Object.fromEntries(changed) } };
}

/** The install with other secrets in its webhooks, and in its document, which has the same. */
function withSecrets(install: AppInstall, secretsOf: (type: string) => WebhookSecrets | undefined): AppInstall {
  const valueAt = (type: string, index: number) => secretsOf(type)?.values[index] ?? '';
  const endpointOf = (endpoint: string, type: string) => `${withoutQuery(endpoint)}${secretsOf(type)?.query ?? ''}`;
  const webhooks = Object.entries(install.webhooks).map(([type, webhook]): [string, Webhook] => [
    type,
    {
      ...webhook,
      endpoint: endpointOf(webhook.endpoint, type),
      headers: webhook.headers.map(({ name }, index) => ({ name, value: valueAt(type, index) })),
    },
  ]);
  const document = mapWebhooks(parseJsonText(install.document) as InstallDocumentJson, (webhook, type) => ({
    ...webhook,
    endpoint: endpointOf(webhook.endpoint, type),
    ...(webhook.headers && { headers: webhook.headers.map((header, index) => ({ ...header, header_value: valueAt(type, index) })) }),
  }));
  return { ...install, webhooks: Object.fromEntries(webhooks), document: JSON.stringify(document) };
}

function secretsIn({ webhooks }: AppInstall): SecretsByType {
  const found = Object.entries(webhooks).map(([type, { endpoint, headers }]): [string, WebhookSecrets] => [
    type,
    { query: splitEndpoint(endpoint)[1], values: headers.map(({ value }) => value) },
  ]);
  return Object.fromEntries(found.filter(([, { query, values }]) => query !== '' || values.some((value) => value !== '')));
}

/** The install without the values of its headers and the queries of its endpoints. They cannot be restored from it. */
export function withoutWebhookSecrets(install: AppInstall): AppInstall {
  return withSecrets(install, () => undefined);
}

/** True where header values or queries are in the clear, as earlier versions wrote them. */
function hasClearSecrets(install: AppInstall): boolean {
  return install.sealed === null && Object.keys(secretsIn(install)).length > 0;
}

/** The install as it is stored: header values and queries of endpoints are in `sealed` only. `install` has them in the clear. */
export function sealWebhooks(install: AppInstall, box: Pick<SecretBox, 'seal'>): AppInstall {
  if (!hasClearSecrets(install)) return install;
  const sealed = box.seal(JSON.stringify(secretsIn(install)), ownerOf(install));
  return { ...withoutWebhookSecrets(install), sealed };
}

export interface OpenedWebhooks {
  /** With header values and queries in their places; its `sealed` is null. */
  readonly install: AppInstall;
  readonly isUnderFirstKey: boolean;
}

/** Opens what is sealed; undefined if no key opens it. */
export function openWebhooks(install: AppInstall & { readonly sealed: Buffer }, box: Pick<SecretBox, 'open'>): OpenedWebhooks | undefined {
  const opened = box.open(install.sealed, ownerOf(install));
  if (opened === undefined) return undefined;
  const secrets = JSON.parse(opened.secret) as SecretsByType;
  const open = withSecrets(install, (type) => (Object.hasOwn(secrets, type) ? secrets[type] : undefined));
  return { install: { ...open, sealed: null }, isUnderFirstKey: opened.isUnderFirstKey };
}

/**
 * Event types whose endpoint in the document is the one of the opened install without its query, as responses show it: the document
 * was read from a response, and would remove the query by mistake.
 */
export function typesWithoutTheirQuery(current: AppInstall, { webhooks }: Pick<InstallDocument, 'webhooks'>): readonly string[] {
  return Object.entries(webhooks).flatMap(([type, webhook]) => {
    const [base, query] = splitEndpoint(current.webhooks[type]?.endpoint ?? '');
    return query.length > 1 && webhook?.endpoint === base ? [type] : [];
  });
}

/** Gives installs as attempts need them. */
export interface InstallOpener {
  /**
   * The install with header values and endpoints as its owner wrote them; its `sealed` is null. An install that no key opens
   * comes back as it is stored, and its `sealed` is not null.
   */
  open(install: AppInstall): AppInstall;
}

/** Opens each version of an install once. */
export function createInstallOpener(box: SecretBox): InstallOpener {
  const opened = new WeakMap<AppInstall, AppInstall>();
  return {
    open: (install) => {
      const { sealed } = install;
      if (sealed === null) return install;
      let open = opened.get(install);
      if (open === undefined) {
        open = openWebhooks({ ...install, sealed }, box)?.install ?? install;
        opened.set(install, open);
      }
      return open;
    },
  };
}
