import { expect, it } from 'vitest';
import { maySee, writeRefusal } from './access.ts';
import type { Caller } from './tokens.ts';

const caller: Caller = { name: 'dev', role: 'editor', tenants: ['7A3C-abcd'], installs: null };
const install = (tenant: string) => ({ installId: 'a', filter: { apps: null, tenants: [tenant], sources: null } });

it('a token confined to a tenant sees its installs in any letter case of the tenant', () => {
  expect(maySee(caller, install('7a3c-ABCD'))).toBe(true);
  expect(writeRefusal(caller, install('7a3c-ABCD'))).toBeUndefined();
  expect(maySee(caller, install('7a3c-abce'))).toBe(false);
});
