import { resolve } from 'node:path';
import type { SecretOutcome } from '@switchboard/source-kit';

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Throws when the file cannot be read. */
  readonly readText: (path: string) => string;
  /** Directory that relative paths start from. */
  readonly directory: string;
}

/** Reads {env: NAME} or {file: PATH}. A secret written into the file itself is refused, and never shown. */
export function resolveSecret(reference: unknown, sources: SecretSources): SecretOutcome {
  const rule = 'must be {env: NAME} or {file: PATH}';
  if (typeof reference !== 'object' || reference === null) return { ok: false, problem: rule };
  const [member, ...others] = Object.entries(reference);
  if (member === undefined || others.length > 0) return { ok: false, problem: rule };
  const [kind, name] = member;
  if (typeof name !== 'string' || name === '') return { ok: false, problem: rule };
  if (kind === 'env') {
    const value = sources.environment[name];
    return value ? { ok: true, value } : { ok: false, problem: `names the environment variable ${name}, which is not set` };
  }
  if (kind !== 'file') return { ok: false, problem: rule };
  try {
    const value = sources.readText(resolve(sources.directory, name)).replace(/\r?\n$/, '');
    return value ? { ok: true, value } : { ok: false, problem: `names the file ${name}, which is empty` };
  } catch {
    return { ok: false, problem: `names the file ${name}, which cannot be read` };
  }
}
