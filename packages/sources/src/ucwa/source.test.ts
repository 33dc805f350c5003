import { createTestIssuer, readEntry } from '@switchboard/source-kit/testing';
import { expect, it } from 'vitest';
import { entryContext } from '../testing/request.ts';
import { ucwa } from './index.ts';

it('answers probes and posts on its default URL and on any URL below it', () => {
  expect(ucwa.routes.map((route) => `${route.method} ${route.path}`)).toEqual([
    'POST /ucwa/:app',
    'POST /ucwa/:app/*',
    'GET /ucwa/:app',
    'GET /ucwa/:app/*',
  ]);
});

it('posts its sample as the platform does, the media type with a quoted parameter', async () => {
  const signer = (await createTestIssuer()).signer({
    app: 'litware',
    audience: 'https://litware.example',
    tenantId: 't',
    hmacKey: Buffer.alloc(32, 1).toString('base64'),
    hmacId: 'h',
  });
  const [request] = await ucwa.sample(signer);
  expect(request?.headers['content-type']).toBe('application/json; type="application/vnd.microsoft.com.ucwa+json"; charset=utf-8');
  expect(Object.keys(request?.headers ?? {})).toEqual(expect.arrayContaining(['client-request-id', 'x-ms-correlation-id']));
});

it('reads the smallest entry with the published key set', () => {
  const outcome = readEntry(ucwa, { audience: 'https://litware.example', tenants: ['tenant-1'] }, entryContext());
  expect(outcome).toEqual({
    ok: true,
    entry: {
      audience: 'https://litware.example',
      tenants: ['tenant-1'],
      metadataUrl: 'https://login.microsoftonline.com/common/.well-known/openid-configuration',
    },
  });
  expect(outcome.ok && ucwa.keySetUrls(outcome.entry)).toEqual([
    'https://login.microsoftonline.com/common/.well-known/openid-configuration',
  ]);
});

it.each([
  [{}, 'tenants is mandatory: an array of 1 to 1000 items'],
  [{ tenants: [] }, 'tenants must be an array of 1 to 1000 items (got an array of 0)'],
])('admits no tenant that is not named: %j', (members, problem) => {
  const outcome = readEntry(ucwa, { audience: 'https://litware.example', ...members }, entryContext());
  expect(outcome.ok ? [] : outcome.problems).toEqual([expect.stringContaining(problem)]);
});

it('reports every problem of an entry at once', () => {
  const outcome = readEntry(ucwa, { tenants: 'all', metadataUrl: 'http://issuer.example', unknown: 1 }, entryContext());
  expect(outcome.ok).toBe(false);
  expect(outcome.ok ? [] : outcome.problems).toEqual([
    expect.stringContaining('audience'),
    expect.stringContaining('unknown'),
    expect.stringContaining('tenants'),
    expect.stringContaining('metadataUrl'),
  ]);
});
