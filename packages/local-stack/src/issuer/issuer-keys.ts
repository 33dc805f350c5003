import type { JsonWebKey } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type IssuerName, issuerNames } from './issuer-names.ts';

/** Private keys of every local issuer, the signing one first. */
export type IssuerKeys = Readonly<Record<IssuerName, readonly JsonWebKey[]>>;

/** Keys of an earlier start; undefined when there are none or they cannot be read. */
export async function readIssuerKeys(file: string): Promise<IssuerKeys | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<Record<IssuerName, readonly JsonWebKey[]>> | null;
    const whole = issuerNames.every((name) => Array.isArray(value?.[name]) && value[name].length > 0);
    return whole ? (value as IssuerKeys) : undefined;
  } catch {
    return undefined;
  }
}

export async function writeIssuerKeys(file: string, keys: IssuerKeys): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.part`;
  await writeFile(temporary, JSON.stringify(keys), { mode: 0o600 });
  await rename(temporary, file);
}
