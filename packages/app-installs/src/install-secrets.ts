import type { AppInstall, SigningSecret } from '@switchboard/contracts';
import type { SecretBox } from './secret-box.ts';
import { createSigningKey, type SigningKey } from './sign-webhook.ts';
import { readSigningSecret } from './signing-secret.ts';

/** Longest time for which an old secret signs beside the new one. */
export const MAX_SECRET_OVERLAP_MS = 7 * 86_400_000;

export interface SecretChange {
  readonly box: SecretBox;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** For how long the secrets replaced still sign, milliseconds. */
  readonly overlapMs: number;
  readonly newSecretId: () => string;
}

/** The secrets of an install once `secret` is the newest. Older ones sign until the overlap ends; expired ones are removed. */
export function addSigningSecret(
  installId: string,
  current: readonly SigningSecret[],
  secret: string,
  { box, now, overlapMs, newSecretId }: SecretChange,
): SigningSecret[] {
  const id = newSecretId();
  const end = now + Math.min(overlapMs, MAX_SECRET_OVERLAP_MS);
  // Two signatures at most: a third secret would only keep an older, longer-known one alive.
  const kept = current
    .filter(({ notAfter }) => notAfter === null || notAfter > now)
    .slice(0, 1)
    .map((old) => ({ ...old, notAfter: Math.min(old.notAfter ?? end, end) }))
    .filter(({ notAfter }) => notAfter > now);
  return [{ id, ciphertext: box.seal(secret, { installId, secretId: id }), notAfter: null }, ...kept];
}

/** True when `secret` is the newest of the install. */
export function isNewestSecret({ installId, signingSecrets }: AppInstall, secret: string, box: SecretBox): boolean {
  const [newest] = signingSecrets;
  return newest !== undefined && box.open(newest.ciphertext, { installId, secretId: newest.id })?.secret === secret;
}

export interface InstallSigner {
  /** Keys that sign at `now`, newest first; empty if no secret opens under the operator's key. */
  keys(install: AppInstall, now: number): readonly SigningKey[];
}

/** Opens the secrets of installs, each version once. */
export function createInstallSigner(box: SecretBox): InstallSigner {
  interface Opened {
    readonly secrets: readonly { readonly key: SigningKey; readonly notAfter: number | null }[];
    /** All keys, where none of them ever expires. */
    readonly lasting: readonly SigningKey[] | undefined;
  }
  const opened = new WeakMap<AppInstall, Opened>();
  const open = ({ installId, signingSecrets }: AppInstall): Opened => {
    const secrets = signingSecrets.flatMap(({ id, ciphertext, notAfter }) => {
      const opened = box.open(ciphertext, { installId, secretId: id });
      const bytes = opened && readSigningSecret(opened.secret);
      return bytes === undefined ? [] : [{ key: createSigningKey(bytes), notAfter }];
    });
    return { secrets, lasting: secrets.some(({ notAfter }) => notAfter !== null) ? undefined : secrets.map(({ key }) => key) };
  };
  return {
    keys: (install, now) => {
      let keys = opened.get(install);
      if (keys === undefined) {
        keys = open(install);
        opened.set(install, keys);
      }
      return keys.lasting ?? keys.secrets.filter(({ notAfter }) => notAfter === null || notAfter > now).map(({ key }) => key);
    },
  };
}
