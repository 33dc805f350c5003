export { actionRefusal, type InstallChange, maySee, maySeeTarget, wideningRefusal, writeRefusal } from './access/access.ts';
export { decideWrite, forbidden, noSuchInstall, refused } from './access/decide-write.ts';
export { type Authenticate, type Caller, readTokens } from './access/tokens.ts';
export { entityTag } from './access/version-check.ts';
export { type TokensWatch, watchTokens } from './access/watch-tokens.ts';
export { type ChangeRequest, type InstallAction, readAuditRecord, stateHash } from './audit/install-audit.ts';
export { connectInstallView } from './connect-install-view.ts';
export { ensureSchema } from './ensure-schema.ts';
export {
  applyInstallDocument,
  type ChangedInstall,
  toDocument,
  toDocumentWithoutSecrets,
  withPaused,
  withRotatedSecret,
  withWebhookDisabled,
} from './install-changes.ts';
export {
  exampleInstallDocument,
  type InstallDocument,
  ignoredMembersOf,
  installDocumentSchema,
  signingSecretSchema,
} from './install-document.ts';
export { INSTALL_ID_PATTERN } from './install-id.ts';
export { createInstallIndex } from './install-index.ts';
export type { InstallProblem, InstallProblemCode } from './install-problem.ts';
export { createInstallSigner, type InstallSigner, MAX_SECRET_OVERLAP_MS, type SecretChange } from './install-secrets.ts';
export { type InstallView, type InstallViewOptions, startInstallView } from './install-view.ts';
export { admitsEvent, includesTenant, type MatchableEvent, matchesInstall } from './matches-install.ts';
export { type InstallDocumentOutcome, installKeywords, readInstallDocument } from './read-install-document.ts';
export { isReservedHeader } from './reserved-headers.ts';
export { createInstallOpener, type InstallOpener, typesWithoutTheirQuery, withoutWebhookSecrets } from './sealed-webhooks.ts';
export { createSecretBox, type SecretBox, type SecretOwner } from './secret-box.ts';
export { secretsVariables } from './secrets-settings.ts';
export { createSigningKey, type SignedMessage, type SigningKey, signWebhook } from './sign-webhook.ts';
export { generateSigningSecret, readSigningSecret } from './signing-secret.ts';
export {
  type ChangeOutcome,
  createInstallStore,
  type Decision,
  INSTALL_WRITER_ID,
  type InstallStore,
} from './store/install-store.ts';
export { type ResealCounts, resealInstalls } from './store/reseal-installs.ts';
export type { WriteProblem } from './store/write-problem.ts';
