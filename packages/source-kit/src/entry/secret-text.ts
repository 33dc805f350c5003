import type { EntryContext } from '../source.ts';
import type { SecretReference } from './schemas.ts';

/** The secret behind a reference of a valid configuration. Throws a TypeError for one that does not resolve, without the secret. */
export function secretText(reference: SecretReference, { secret }: Pick<EntryContext, 'secret'>): string {
  const resolved = secret(reference);
  if (!resolved.ok) throw new TypeError(`secret reference ${resolved.problem}`);
  return resolved.value;
}
