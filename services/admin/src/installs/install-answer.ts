import { type Caller, entityTag, ignoredMembersOf, toDocument } from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';

/**
 * The document as accepted. Only an operator sees the values of header fields, which may be secret; they are
 * null for others, which a document may not have: a document read like that cannot be written back by mistake.
 */
function shownDocument(install: AppInstall, { role }: Caller): unknown {
  const document = toDocument(install);
  if (role === 'operator') return document;
  return JSON.parse(JSON.stringify(document), (name, value: unknown) => (name === 'header_value' ? null : value));
}

/** An install in a response to the caller: its document and its state, without a secret. */
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
    /** Members of the document that mean nothing here. */
    ignored: ignoredMembersOf(toDocument(install)),
    document: shownDocument(install, caller),
  };
}
