import { toDocument } from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';

/** An install as the admin API shows it: the document as accepted and the state around it, no secret. */
export function installAnswer(install: AppInstall) {
  return {
    id: install.installId,
    version: install.version,
    paused: install.paused,
    disabled_webhooks: Object.entries(install.webhooks).flatMap(([type, { disabled }]) => (disabled ? [type] : [])),
    signing_secrets: install.signingSecrets.map(({ id, notAfter }) => ({
      id,
      not_after: notAfter === null ? null : new Date(notAfter).toISOString(),
    })),
    created_at: new Date(install.createdAt).toISOString(),
    updated_at: new Date(install.updatedAt).toISOString(),
    document: toDocument(install),
  };
}

/** The entity tag of a version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}
