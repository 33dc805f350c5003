import { expect, it } from 'vitest';
import { useAdminRig } from '../testing/admin-calls.ts';
import { exampleDocument as document } from '../testing/admin-rig.ts';

const { call, put } = useAdminRig();
const idsOf = (body: { app_installs: { id: string }[] }) => body.app_installs.map(({ id }) => id);

it('lists every install that stays exactly once, by id, while others are added and removed', async () => {
  for (const id of ['d', 'b', 'f', 'a', 'c']) await put(id, document());
  const first = (await call('GET', '?limit=2')).body;
  expect(idsOf(first)).toEqual(['a', 'b']);
  await put('aa', document());
  await put('e', document());
  await call('DELETE', '/b', { headers: { 'if-match': '*' } });
  await expect.poll(async () => idsOf((await call('GET', '')).body)).toEqual(['a', 'aa', 'c', 'd', 'e', 'f']);
  const second = (await call('GET', `?limit=2&after=${first.next}`)).body;
  const third = (await call('GET', `?limit=2&after=${second.next}`)).body;
  expect([idsOf(second), idsOf(third), third.next]).toEqual([['c', 'd'], ['e', 'f'], null]);
});

it('counts only the installs that the token may see', async () => {
  for (const id of ['a', 'b', 'c']) await put(id, document({ filter: { tenants: [id === 'b' ? 't1' : 't3'] } }));
  const { body } = await call('GET', '?limit=1', { as: 'confined' });
  expect([idsOf(body), body.next]).toEqual([['b'], null]);
});

it.each(['limit=0', 'limit=1001', 'limit=x', 'after=%20', 'limt=1'])('responds with 400 to ?%s and names the member', async (query) => {
  const { status, body } = await call('GET', `?${query}`);
  expect([status, body.problems[0].member]).toEqual([400, `query.${query.split('=', 1)[0]}`]);
});
