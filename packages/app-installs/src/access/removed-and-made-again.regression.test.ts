import { expect, it } from 'vitest';
import { applyInstallDocument } from '../install-changes.ts';
import { readInstallDocument } from '../read-install-document.ts';
import { createSecretBox } from '../secret-box.ts';
import { entityTag, versionProblem } from './version-check.ts';

it('a change based on a removed install does not overwrite one that was created under the same id', () => {
  const read = readInstallDocument({ client_name: 'Contoso' });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const made = (now: number) => {
    const change = { box: createSecretBox(Buffer.alloc(32)), now, overlapMs: 0, newSecretId: () => 's' };
    return applyInstallDocument('a', read.document, undefined, change).install;
  };
  const [removed, another] = [made(1_000), made(2_000)];
  expect(another.version).toBe(removed.version);
  const conditions = { ifMatch: entityTag(removed), ifNoneMatch: undefined };
  expect(versionProblem(removed, conditions)).toBeUndefined();
  expect(versionProblem(another, conditions)).toMatchObject({ code: 'ERR_ADMIN_VERSION_MISMATCH' });
  expect(versionProblem(another, { ...conditions, ifMatch: '"1"' })).toMatchObject({ code: 'ERR_ADMIN_VERSION_MISMATCH' });
});
