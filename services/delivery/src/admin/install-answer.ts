import { toDocument } from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';
import type { Caller } from './tokens.ts';

/**
 * The document as accepted. Only an operator sees the values of header fields, which may be secret; null stands in their
 * place, which no document may have: one that was shown so is not written back by mistake.
 */
function shownDocument(install: AppInstall, { role }: Caller): unknown {
  const document = toDocument(install);
  if (role === 'operator') return document;
  return JSON.parse(JSON.stringify(document), (name, value: unknown) => (name === 'header_value' ? null : value));
}

/** An install as the admin API shows it to the caller: the document and the state around it, no secret. */
export function installAnswer(install: AppInstall, caller: Caller) {
  return {
    id: install.installId,
    version: install.version,
    etag: entityTag(install),
    paused: install.paused,
    disabled_webhooks: Object.entries(install.webhooks).flatMap(([type, { disabled }]) => (disabled ? [type] : [])),
    signing_secrets: install.signingSecrets.map(({ id, notAfter }) => ({
      id,
      not_after: notAfter === null ? null : new Date(notAfter).toISOString(),
    })),
    created_at: new Date(install.createdAt).toISOString(),
    updated_at: new Date(install.updatedAt).toISOString(),
    document: shownDocument(install, caller),
  };
}

/**
 * The entity tag of a version: an install that was removed and made again counts from 1 again, and the time at which it
 * was made tells the two apart.
 */
export function entityTag({ version, createdAt }: Pick<AppInstall, 'version' | 'createdAt'>): string {
  return `"${version}-${createdAt.toString(36)}"`;
}
