import { expect, it } from 'vitest';
import type { Decision } from '../store/install-store.ts';
import { exampleInstall } from '../testing/example-install.ts';
import type { InstallChange } from './access.ts';
import { decideWrite } from './decide-write.ts';
import type { Caller } from './tokens.ts';
import { entityTag } from './version-check.ts';

const everythingId = exampleInstall().installId;
const operator: Caller = { name: 'ops', role: 'operator', tenants: null, installs: null };
const editor: Caller = { name: 'dev', role: 'editor', tenants: null, installs: null };
const confined: Caller = { name: 'tenant-dev', role: 'editor', tenants: ['t1'], installs: null };
const named: Caller = { name: 'app-dev', role: 'editor', tenants: null, installs: [everythingId] };
const installOf = (tenant: string) => exampleInstall({ filter: { apps: null, tenants: [tenant], sources: null } });
const everything = exampleInstall();
const tag = entityTag(everything);

it.each([
  ['a change of an install that does not exist', operator, undefined, { creates: false }, 'ERR_ADMIN_NOT_FOUND'],
  ['a create', operator, undefined, { creates: true }, 'write'],
  ['a create that names a version', operator, undefined, { creates: true, ifMatch: tag }, 'ERR_ADMIN_VERSION_MISMATCH'],
  ['a change without a version', operator, everything, { creates: true }, 'ERR_ADMIN_VERSION_REQUIRED'],
  ['a create where the install exists', operator, everything, { creates: true, ifNoneMatch: '*' }, 'ERR_ADMIN_VERSION_MISMATCH'],
  ['a create with another If-None-Match', operator, undefined, { creates: true, ifNoneMatch: tag }, 'ERR_ADMIN_BAD_REQUEST'],
  ['a change of another version', operator, everything, { creates: true, ifMatch: '"0-0"' }, 'ERR_ADMIN_VERSION_MISMATCH'],
  ['a change of this version', operator, everything, { creates: true, ifMatch: tag }, 'write'],
  ['a change of one of several versions', operator, everything, { creates: true, ifMatch: `"0-0", ${tag}` }, 'write'],
  ['an editor that changes an install without a filter', editor, everything, { creates: true, ifMatch: tag }, 'ERR_ADMIN_FORBIDDEN'],
  ['a confined editor that changes its own', confined, installOf('t1'), { creates: false, ifMatch: tag }, 'write'],
  ["a confined editor that changes another tenant's", confined, installOf('t2'), { creates: false, ifMatch: tag }, 'ERR_ADMIN_NOT_FOUND'],
  [
    "a confined editor that names another tenant's version",
    confined,
    installOf('t2'),
    { creates: true, ifMatch: tag },
    'ERR_ADMIN_VERSION_MISMATCH',
  ],
  ["a confined editor that creates another tenant's", confined, installOf('t2'), { creates: true }, 'ERR_ADMIN_ID_TAKEN'],
  ['a token of this install that rotates it', named, everything, { change: 'rotate', creates: false, ifMatch: tag }, 'write'],
  ['a token of this install that changes it', named, everything, { creates: true, ifMatch: tag }, 'ERR_ADMIN_FORBIDDEN'],
  ['a token of this install that removes it', named, everything, { change: 'remove', creates: false, ifMatch: tag }, 'ERR_ADMIN_FORBIDDEN'],
  ['a token of another install', { ...named, installs: ['b'] }, everything, { change: 'rotate', creates: false }, 'ERR_ADMIN_NOT_FOUND'],
  ['a token of another install that creates one', { ...named, installs: ['b'] }, everything, { creates: true }, 'ERR_ADMIN_FORBIDDEN'],
] as const)('%s gets the decision it should', (_case, caller, stored, { creates, ...rest }, expected) => {
  const { change = 'apply', ...conditions }: { change?: InstallChange; ifMatch?: string; ifNoneMatch?: string } = rest;
  const request = { caller, creates, change, conditions: { ifMatch: undefined, ifNoneMatch: undefined, ...conditions } };
  const decision: Decision<string> = decideWrite(stored, request, () => ({ kind: 'write', install: everything, result: 'written' }));
  expect(decision.kind === 'refuse' ? decision.problem.code : decision.kind).toBe(expected);
});
