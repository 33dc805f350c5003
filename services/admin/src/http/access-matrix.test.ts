import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AdminRig, adminTokens, exampleDocument, installTokens, startAdminRig } from '../testing/admin-rig.ts';

const tokens = { ...adminTokens, ...installTokens };
type Token = keyof typeof tokens;
/** `own` is an install of tenant t1, which the confined tokens are for; `beside` is another of t1, and `foreign` one of t3. */
const ids = ['own', 'beside', 'foreign'] as const;

/** For each token: the status for each id, or, for a route without an id, the ids in its response. */
type Row = Readonly<Record<Token, string>>;

const reads = '200 200 200';
const seen: Row = {
  operator: reads,
  editor: reads,
  reader: reads,
  confined: '200 200 404',
  confinedReader: '200 200 404',
  installEditor: '200 404 404',
  installReader: '200 404 404',
};
const listed: Row = {
  operator: 'own beside foreign',
  editor: 'own beside foreign',
  reader: 'own beside foreign',
  confined: 'own beside',
  confinedReader: 'own beside',
  installEditor: 'own',
  installReader: 'own',
};
/** Responds 200 without an install in it. */
const everyone = Object.fromEntries(Object.keys(tokens).map((name) => [name, ''])) as Row;
const forbidden = '403 403 403';
const operators: Row = {
  ...{ operator: reads, editor: forbidden, reader: forbidden, confined: forbidden },
  ...{ confinedReader: forbidden, installEditor: forbidden, installReader: forbidden },
};
/** A refused change of an install that the token may not see is a 404. */
const readersRefused = { reader: forbidden, confinedReader: '403 403 404', installReader: '403 404 404' };

const matrix: Readonly<Record<string, Row>> = {
  'GET /v1/app-installs': listed,
  'HEAD /v1/app-installs': seen,
  'GET /v1/app-installs/:id': seen,
  'HEAD /v1/app-installs/:id': seen,
  'PUT /v1/app-installs/:id': {
    ...{ operator: reads, editor: reads, confined: '200 200 412' },
    ...{ reader: forbidden, confinedReader: forbidden, installEditor: forbidden, installReader: forbidden },
  },
  'DELETE /v1/app-installs/:id': {
    ...{ operator: '204 204 204', editor: '204 204 204', confined: '204 204 404', installEditor: '403 404 404' },
    ...readersRefused,
  },
  'POST /v1/app-installs/:id/pause': operators,
  'POST /v1/app-installs/:id/resume': operators,
  'POST /v1/app-installs/:id/secrets/rotate': {
    ...{ operator: reads, editor: reads, confined: '200 200 404', installEditor: '200 404 404' },
    ...readersRefused,
  },
  'POST /v1/secrets/reseal': {
    ...{ operator: '200', editor: '403', reader: '403', confined: '403' },
    ...{ confinedReader: '403', installEditor: '403', installReader: '403' },
  },
  'GET /v1/openapi.json': everyone,
  'HEAD /v1/openapi.json': everyone,
  'GET /v1/audit': listed,
  'HEAD /v1/audit': seen,
};

let rig: AdminRig;
let routes: string[];

const send = (route: string, as: Token | undefined, id = 'own') => {
  const [method = '', path = ''] = route.split(' ');
  const headers = { 'if-match': '*', ...(as === undefined ? {} : { authorization: `Bearer ${tokens[as]}` }) };
  const payload = method === 'PUT' ? { payload: exampleDocument({ filter: { tenants: ['t1'] } }) } : {};
  return rig.server.inject({ method: method as 'GET', url: path.replace(':id', id), headers, ...payload });
};

beforeEach(async () => {
  routes = [];
  const listen = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((name) => `${name} ${url}`)));
  };
  subscribe('fastify.initialization', listen);
  rig = await startAdminRig();
  unsubscribe('fastify.initialization', listen);
  const owners = { own: 't1', beside: 't1', foreign: 't3' };
  for (const id of ids) {
    const payload = exampleDocument({ filter: { tenants: [owners[id]] } });
    const url = `/v1/app-installs/${id}`;
    await rig.server.inject({ method: 'PUT', url, headers: { authorization: `Bearer ${tokens.operator}` }, payload });
  }
  await expect.poll(async () => (await send('GET /v1/audit', 'operator')).json().audit_records.length).toBe(3);
});
afterEach(() => rig.stop());

it('has a row for every route that the server knows, and no other', () => {
  expect(Object.keys(matrix).sort()).toEqual([...new Set(routes)].sort());
});

describe.each(Object.entries(matrix))('%s', (route, row) => {
  it('gets 401 without a token', async () => {
    expect((await send(route, undefined)).statusCode).toBe(401);
  });

  it.each(Object.entries(row) as [Token, string][])('responds to the token %s with %s', async (as, expected) => {
    onTestFinished(() => expect(rig.logText()).not.toContain(tokens[as]));
    if (route.includes(':id')) {
      const statuses: number[] = [];
      for (const id of ids) statuses.push((await send(route, as, id)).statusCode);
      expect(statuses.join(' ')).toBe(expected);
      return;
    }
    const response = await send(route, as);
    if (route.startsWith('POST')) return expect(String(response.statusCode)).toBe(expected);
    expect(response.statusCode).toBe(200);
    if (route.startsWith('HEAD')) return expect(response.body).toBe('');
    expect(idsIn(response.json())).toBe(expected);
  });
});

function idsIn(body: { app_installs?: { id: string }[]; audit_records?: { target_id: string }[] }): string {
  const found = new Set([...(body.app_installs ?? []).map(({ id }) => id), ...(body.audit_records ?? []).map(({ target_id: id }) => id)]);
  return ids.filter((id) => found.has(id)).join(' ');
}
