import { entityTag, ignoredMembersOf, toDocument, toDocumentWithoutSecrets } from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';
import type { AppInstallJson } from './install-schemas.ts';

/**
 * An install in a response: its document and its state, without a secret. With `showsSecrets` the document has header values and the
 * queries of endpoints; the install must be opened for that, and one that no key opens is shown without them.
 */
export function installResponse(install: AppInstall, { showsSecrets = false } = {}): AppInstallJson {
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
    ignored: [...ignoredMembersOf(toDocument(install))],
    document: showsSecrets && install.sealed === null ? toDocument(install) : toDocumentWithoutSecrets(install),
  };
}
