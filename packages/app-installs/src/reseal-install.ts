import type { AppInstall } from '@switchboard/contracts';
import { openWebhooks, sealWebhooks } from './sealed-webhooks.ts';
import type { SecretBox } from './secret-box.ts';

export interface ResealedInstall {
  /** The next version, or undefined if every secret is under the first key already or opens under no key. */
  readonly install: AppInstall | undefined;
  /** True if a secret of the install opens under no key. It is kept as it is. */
  readonly isUnreadable: boolean;
}

/** The install with every secret under the first key of the box; header values and queries in the clear are sealed. */
export function resealInstall(current: AppInstall, box: SecretBox, now: number): ResealedInstall {
  const { installId, sealed } = current;
  let isUnreadable = false;
  let isChanged = false;
  const signingSecrets = current.signingSecrets.map((secret) => {
    const owner = { installId, secretId: secret.id };
    const opened = box.open(secret.ciphertext, owner);
    isUnreadable ||= opened === undefined;
    if (opened === undefined || opened.isUnderFirstKey) return secret;
    isChanged = true;
    return { ...secret, ciphertext: box.seal(opened.secret, owner) };
  });
  const opened = sealed === null ? { install: current, isUnderFirstKey: false } : openWebhooks({ ...current, sealed }, box);
  isUnreadable ||= opened === undefined;
  const install = opened === undefined || opened.isUnderFirstKey ? current : sealWebhooks(opened.install, box);
  isChanged ||= install !== current;
  if (!isChanged) return { install: undefined, isUnreadable };
  return { install: { ...install, signingSecrets, version: current.version + 1, updatedAt: now }, isUnreadable };
}
