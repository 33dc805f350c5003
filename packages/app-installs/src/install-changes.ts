import { type AppInstall, type EventType, parseJsonText } from '@switchboard/contracts';
import type { InstallDocument, InstallDocumentJson } from './install-document.ts';
import { addSigningSecret, isNewestSecret, type SecretChange } from './install-secrets.ts';
import { mapWebhooks, sealWebhooks, withoutQuery } from './sealed-webhooks.ts';
import { generateSigningSecret } from './signing-secret.ts';

/** An install to write, and the secret to show once where one was generated. */
export interface ChangedInstall {
  readonly install: AppInstall;
  readonly generatedSecret: string | null;
}

function next(current: AppInstall, now: number, change: Partial<AppInstall>): AppInstall {
  return { ...current, ...change, version: current.version + 1, updatedAt: now };
}

/**
 * The new version of an install for a document, or its first version. Secrets are kept unless the document has another; an
 * install without a secret gets a generated one. Webhooks that a 410 disabled are enabled again. Header values and the queries of
 * endpoints are sealed.
 */
export function applyInstallDocument(
  installId: string,
  document: InstallDocument,
  current: AppInstall | undefined,
  change: SecretChange,
): ChangedInstall {
  const generatedSecret = document.signingSecret === null && (current?.signingSecrets.length ?? 0) === 0 ? generateSigningSecret() : null;
  const secret = document.signingSecret ?? generatedSecret;
  const known = secret === null || (current !== undefined && isNewestSecret(current, secret, change.box));
  const kept = current?.signingSecrets ?? [];
  const { filter } = document;
  const install: AppInstall = {
    installId,
    version: (current?.version ?? 0) + 1,
    clientName: document.clientName,
    enabled: document.enabled,
    paused: current?.paused ?? false,
    webhooks: Object.fromEntries(
      Object.entries(document.webhooks).map(([type, webhook]) => [
        type,
        { ...webhook, headers: webhook.headers.map((header) => ({ ...header })), disabled: false },
      ]),
    ),
    retentionTimeSeconds: document.retentionTimeSeconds,
    filter: filter && {
      apps: filter.apps && [...filter.apps],
      tenants: filter.tenants && [...filter.tenants],
      sources: filter.sources && [...filter.sources],
    },
    signingSecrets: known ? [...kept] : addSigningSecret(installId, kept, secret, change),
    document: document.text,
    sealed: null,
    createdAt: current?.createdAt ?? change.now,
    updatedAt: change.now,
  };
  return { install: sealWebhooks(install, change.box), generatedSecret };
}

/** The install with its deliveries paused or resumed. */
export function withPaused(current: AppInstall, paused: boolean, now: number): AppInstall {
  return next(current, now, { paused });
}

/** The install with another signing secret, generated unless given. */
export function withRotatedSecret(current: AppInstall, secret: string | undefined, change: SecretChange): ChangedInstall {
  const generatedSecret = secret === undefined ? generateSigningSecret() : null;
  const newest = secret ?? generatedSecret ?? '';
  const signingSecrets = addSigningSecret(current.installId, current.signingSecrets, newest, change);
  return { install: sealWebhooks(next(current, change.now, { signingSecrets }), change.box), generatedSecret };
}

/** The install with one webhook disabled, or undefined if it is disabled or absent already. */
export function withWebhookDisabled(current: AppInstall, type: EventType, now: number): AppInstall | undefined {
  const webhook = current.webhooks[type];
  if (webhook === undefined || webhook.disabled) return undefined;
  return next(current, now, { webhooks: { ...current.webhooks, [type]: { ...webhook, disabled: true } } });
}

/** The document as it was accepted, without signing secrets. It has header values and queries of endpoints if the install is open. */
export function toDocument(install: AppInstall): InstallDocumentJson {
  return parseJsonText(install.document) as InstallDocumentJson;
}

/**
 * The document without the queries of endpoints, and with null for every header value, which a document is not allowed to have:
 * a document that was read like this cannot be written back by mistake.
 */
export function toDocumentWithoutSecrets(install: AppInstall): Readonly<Record<string, unknown>> {
  return mapWebhooks(toDocument(install), (webhook) => ({
    ...webhook,
    endpoint: withoutQuery(webhook.endpoint),
    ...(webhook.headers && { headers: webhook.headers.map((header) => ({ ...header, header_value: null })) }),
  }));
}
