import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, adminTokens, exampleDocument, startAdminRig, type TokenName } from '../testing/admin-rig.ts';

let rig: AdminRig;
beforeEach(async () => {
  rig = await startAdminRig();
});
afterEach(() => rig.stop());

interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

const ours = exampleDocument({ filter: { tenants: ['t1'] } });
const theirs = exampleDocument({ filter: { tenants: ['t3'] } });
const any = { 'if-match': '*' };

const routes = {
  read: { method: 'GET' },
  create: { method: 'PUT', body: ours },
  'create if none': { method: 'PUT', body: ours, headers: { 'if-none-match': '*' } },
  'create for others': { method: 'PUT', body: theirs },
  'create invalid': { method: 'PUT', body: {} },
  update: { method: 'PUT', body: ours, headers: any },
  'update stale': { method: 'PUT', body: ours, headers: { 'if-match': '"9-x"' } },
  'update for others': { method: 'PUT', body: theirs, headers: any },
  'update if none': { method: 'PUT', body: ours, headers: { ...any, 'if-none-match': '*' } },
  'bad condition': { method: 'PUT', body: ours, headers: { 'if-none-match': '"1-x"' } },
  remove: { method: 'DELETE', headers: any },
  'remove stale': { method: 'DELETE', headers: { 'if-match': '"9-x"' } },
  'remove without version': { method: 'DELETE' },
  pause: { method: 'POST', path: '/pause', headers: any },
  'pause without version': { method: 'POST', path: '/pause' },
  resume: { method: 'POST', path: '/resume', headers: any },
  rotate: { method: 'POST', path: '/secrets/rotate', headers: any },
  'rotate stale': { method: 'POST', path: '/secrets/rotate', headers: { 'if-match': '"9-x"' } },
  'rotate without version': { method: 'POST', path: '/secrets/rotate' },
  'rotate to no secret': { method: 'POST', path: '/secrets/rotate', headers: any, body: { signing_secret: 'no' } },
} as const satisfies Record<string, Route>;
type RouteName = keyof typeof routes;

/** Sends a request. Gives the response without its request id and date. */
async function call(as: TokenName, id: string, { method, path = '', headers = {}, body }: Route) {
  const response = await rig.server.inject({
    method,
    url: `/v1/app-installs/${id}${path}`,
    headers: { authorization: `Bearer ${adminTokens[as]}`, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
  const { date: _date, ...shown } = response.headers;
  return { status: response.statusCode, headers: shown, text: response.body.replace(/"request_id":"[0-9a-f-]{36}"/, '"request_id":""') };
}

/** Status for an own id, for the id of another tenant, and for a free id. */
const expected: Readonly<Record<RouteName, Readonly<Record<TokenName, readonly [own: number, foreign: number, free: number]>>>> = {
  read: all([200, 200, 404], { confined: [200, 404, 404], confinedReader: [200, 404, 404] }),
  create: all([428, 428, 201], readers(403), { confined: [428, 409, 201] }),
  'create if none': all([412, 412, 201], readers(403), { confined: [412, 409, 201] }),
  'create for others': all([428, 428, 201], readers(403), { confined: [428, 403, 403] }),
  'create invalid': all([422, 422, 422], readers(403)),
  update: all([200, 200, 412], readers(403), { confined: [200, 412, 412] }),
  'update stale': all([412, 412, 412], readers(403)),
  'update for others': all([200, 200, 412], readers(403), { confined: [403, 412, 412] }),
  'update if none': all([412, 412, 412], readers(403)),
  'bad condition': all([400, 400, 400], readers(403)),
  remove: all([204, 204, 404], visible(403), { confined: [204, 404, 404] }),
  'remove stale': all([412, 412, 404], visible(403), { confined: [412, 404, 404] }),
  'remove without version': all([428, 428, 404], visible(403), { confined: [428, 404, 404] }),
  pause: operators([200, 200, 404]),
  'pause without version': operators([428, 428, 404]),
  resume: operators([200, 200, 404]),
  rotate: all([200, 200, 404], visible(403), { confined: [200, 404, 404] }),
  'rotate stale': all([412, 412, 404], visible(403), { confined: [412, 404, 404] }),
  'rotate without version': all([428, 428, 404], visible(403), { confined: [428, 404, 404] }),
  'rotate to no secret': all([400, 400, 400]),
};

type Row = readonly [number, number, number];
type Rows = Partial<Record<TokenName, Row>>;

function all(row: Row, ...others: Rows[]): Record<TokenName, Row> {
  const same = { operator: row, editor: row, reader: row, confined: row, confinedReader: row };
  return Object.assign(same, ...others);
}
/** Readers get this status for every id. */
function readers(status: number): Rows {
  return { reader: [status, status, status], confinedReader: [status, status, status] };
}
/** Readers get this status for an id that they may see, and 404 for others. */
function visible(status: number): Rows {
  return { reader: [status, status, 404], confinedReader: [status, 404, 404] };
}
function operators(row: Row): Record<TokenName, Row> {
  return { ...all([403, 403, 403]), operator: row };
}

const creates: readonly RouteName[] = ['create', 'create if none'];

describe.each(Object.keys(adminTokens) as TokenName[])('with the token %s', (as) => {
  it.each(Object.keys(routes) as RouteName[])('%s gives the statuses of its role for an own, a foreign and a free id', async (name) => {
    await call('operator', 'own', { method: 'PUT', body: ours });
    await call('operator', 'foreign', { method: 'PUT', body: theirs });
    await expect.poll(async () => (await call('operator', 'foreign', routes.read)).status).toBe(200);
    const responses = {
      own: await call(as, 'own', routes[name]),
      foreign: await call(as, 'foreign', routes[name]),
      free: await call(as, 'free', routes[name]),
    };
    expect([responses.own.status, responses.foreign.status, responses.free.status]).toEqual(expected[name][as]);
    if (as !== 'confined' && as !== 'confinedReader') return;
    if (as === 'confined' && creates.includes(name)) {
      expect(JSON.parse(responses.foreign.text)).toMatchObject({ code: 'ERR_ADMIN_ID_TAKEN' });
      expect(responses.foreign.text).not.toMatch(/t3|foreign|Example|version/);
    } else expect(responses.foreign).toEqual(responses.free);
  });
});

describe('an editor that is confined to tenants', () => {
  const filtered = (filter: object) => exampleDocument({ filter: { tenants: ['t1'], ...filter } });
  const update = (as: TokenName, filter: object) => call(as, 'own', { method: 'PUT', body: filtered(filter), headers: any });

  it.each<[string, object, object, number]>([
    ['an app that the stored filter excludes', { apps: ['a'] }, { apps: ['a', 'b'] }, 403],
    ['every app where the stored filter admits one', { apps: ['a'] }, {}, 403],
    ['a source that the stored filter excludes', { sources: ['ucwa'] }, { sources: ['ucwa', 'bot-framework'] }, 403],
    ['all sources where the stored filter admits one', { sources: ['ucwa'] }, {}, 403],
    ['an app where the stored filter admits all', {}, { apps: ['a'] }, 200],
    ['fewer apps', { apps: ['a', 'b'] }, { apps: ['b'] }, 200],
    ['the same sources', { sources: ['ucwa'] }, { sources: ['ucwa'] }, 200],
  ])('gets the status of the rule for %s', async (_what, stored, next, status) => {
    expect((await call('operator', 'own', { method: 'PUT', body: filtered(stored) })).status).toBe(201);
    const response = await update('confined', next);
    expect(response.status).toBe(status);
    if (status === 403) expect(JSON.parse(response.text).detail).toMatch(/^filter\.(apps|sources) must /);
    expect((await update('operator', next)).status).toBe(200);
  });
});
