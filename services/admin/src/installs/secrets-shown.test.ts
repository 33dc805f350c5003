import {
  applyInstallDocument,
  createInstallOpener,
  createSecretBox,
  readInstallDocument,
  type SecretChange,
} from '@switchboard/app-installs';
import { expect, it } from 'vitest';
import { useAdminRig } from '../testing/admin-calls.ts';
import { adminTokens, exampleDocument as document } from '../testing/admin-rig.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const endpoint = 'https://hooks.example/in';
const headers = [{ header_name: 'X-Api-Key', header_value: 'hunter2' }];
const secret = document({
  capabilities: { webhooks: { retry: { retention_time: 60 }, [CONTENT]: { endpoint: `${endpoint}?code=sesame`, headers } } },
});

const { call, put, rig } = useAdminRig();

async function reseal(as: keyof typeof adminTokens = 'operator') {
  const authorization = `Bearer ${adminTokens[as]}`;
  const response = await rig().server.inject({ method: 'POST', url: '/v1/secrets/reseal', headers: { authorization } });
  return { status: response.statusCode, body: response.json() };
}

it('shows header values and queries to an operator that asks for them, and reports who saw which install', async () => {
  await put('a', secret);
  const hidden = (await call('GET', '/a')).body.document;
  expect(hidden.capabilities.webhooks[CONTENT]).toEqual({ endpoint, headers: [{ header_name: 'X-Api-Key', header_value: null }] });
  expect(rig().shown).toEqual([]);
  expect((await call('GET', '/a?secrets=show')).body.document).toEqual(secret);
  expect(rig().shown).toEqual(['ops a']);
  expect(rig().logText()).not.toMatch(/hunter2|sesame/);
});

it.each(['editor', 'reader'] as const)('refuses to show them to the role %s with 403', async (as) => {
  await put('a', secret);
  const response = await call('GET', '/a?secrets=show', { as });
  expect([response.status, response.body.code]).toEqual([403, 'ERR_ADMIN_FORBIDDEN']);
  expect(JSON.stringify(response.body)).not.toMatch(/hunter2|sesame/);
  expect(rig().shown).toEqual([]);
});

it.each(['?secrets=hide', '?secret=show'])('refuses %s with 400', async (query) => {
  await put('a', secret);
  expect((await call('GET', `/a${query}`)).status).toBe(400);
});

it('refuses a document whose endpoint lacks the stored query, as responses show it, and accepts another query or a bare ?', async () => {
  const withEndpoint = (text: string) => document({ capabilities: { webhooks: { [CONTENT]: { endpoint: text } } } });
  const ifMatch = { headers: { 'if-match': '*' } };
  await put('a', withEndpoint(`${endpoint}?code=sesame`));
  const refused = await put('a', (await call('GET', '/a')).body.document, ifMatch);
  expect([refused.status, refused.body.code]).toEqual([422, 'ERR_ADMIN_INVALID_DOCUMENT']);
  expect(refused.body.detail).toContain(`capabilities.webhooks["${CONTENT}"].endpoint must have the query of the stored endpoint`);
  for (const text of [`${endpoint}?code=other`, `${endpoint}?`, endpoint]) {
    expect((await put('a', withEndpoint(text), ifMatch)).status).toBe(200);
    await expect.poll(async () => (await call('GET', '/a?secrets=show')).body.document).toEqual(withEndpoint(text));
  }
});

it('keeps sealed values over a pause and a rotation', async () => {
  await put('a', secret);
  await call('POST', '/a/pause', { headers: { 'if-match': '*' } });
  await call('POST', '/a/secrets/rotate', { headers: { 'if-match': '*' } });
  expect((await call('GET', '/a?secrets=show')).body).toMatchObject({ version: 3, document: secret });
});

it('reseals what another key sealed or an earlier version wrote in the clear, once, for operators only', async () => {
  const read = readInstallDocument(secret);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const earlier = { requestId: 'earlier', actor: 'ops', role: 'operator', action: 'install.apply', at: 1 } as const;
  const written = (box: SecretChange['box'], installId: string) =>
    applyInstallDocument(installId, read.document, undefined, { box, now: 1, overlapMs: 0, newSecretId: () => 's' }).install;
  const formerBox = createSecretBox(rig().formerKey);
  const clear = { ...createInstallOpener(formerBox).open(written(formerBox, 'clear')), signingSecrets: [] };
  const former = written(formerBox, 'former');
  const foreign = written(createSecretBox(Buffer.alloc(32, 7)), 'foreign');
  for (const install of [former, clear, foreign])
    await rig().store.change(install.installId, earlier, () => ({ kind: 'write', install, result: null }));
  await put('present', secret);

  for (const as of ['editor', 'reader', 'confined'] as const) expect((await reseal(as)).status).toBe(403);
  rig().failures.push('ERR_LOG_FENCED');
  expect(await reseal()).toEqual({ status: 200, body: { installs: 4, resealed: 2, unreadable: ['foreign'] } });
  expect(await reseal()).toEqual({ status: 200, body: { installs: 4, resealed: 0, unreadable: ['foreign'] } });
  expect(rig().changes.slice(-2)).toEqual(['ops reseal 2 of 4', 'ops reseal 0 of 4']);
  const audited = async () => {
    const headers = { authorization: `Bearer ${adminTokens.operator}` };
    const records: { action: string; target_id: string }[] = (await rig().server.inject({ url: '/v1/audit', headers })).json()
      .audit_records;
    return records.flatMap(({ action, target_id: id }) => (action === 'install.reseal' ? id : []));
  };
  await expect.poll(async () => (await audited()).sort()).toEqual(['clear', 'former']);
  await expect.poll(async () => (await call('GET', '/former?secrets=show')).body).toMatchObject({ version: 2, document: secret });
  const unopened = (await call('GET', '/foreign?secrets=show')).body.document.capabilities.webhooks[CONTENT];
  expect(unopened).toEqual({ endpoint, headers: [{ header_name: 'X-Api-Key', header_value: null }] });

  rig().failures.push('ERR_LOG_UNAVAILABLE');
  expect((await reseal()).status).toBe(503);
});
