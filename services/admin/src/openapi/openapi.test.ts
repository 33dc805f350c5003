import { installKeywords } from '@switchboard/app-installs';
import { createValidator } from '@switchboard/validation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appInstallSchema, exampleInstall } from '../installs/install-schemas.ts';
import { type AdminRig, adminTokens, startAdminRig } from '../testing/admin-rig.ts';
import { openApiText } from './openapi-text.ts';

interface Media {
  readonly schema?: object;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security: unknown;
  readonly parameters?: readonly (Media & { readonly name: string; readonly description: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Media>> }>>;
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const text = await openApiText();
const { paths } = JSON.parse(text) as { readonly paths: Paths };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
);

describe.each(operations)('%s', (_route, operation) => {
  it('has a name, a summary, a description and the bearer token', () => {
    expect(operation).toMatchObject({ operationId: expect.stringMatching(/^[a-z]\w+$/), security: [{ bearer: [] }] });
    expect(operation.summary.length).toBeGreaterThan(5);
    expect(operation.description.length).toBeGreaterThan(5);
  });

  it('has an example of every parameter, of its body and of every response', () => {
    for (const parameter of operation.parameters ?? []) {
      expect(parameter).toMatchObject({ example: expect.anything(), description: expect.any(String), schema: expect.any(Object) });
    }
    const contents = [operation.requestBody?.content, ...Object.values(operation.responses).map(({ content }) => content)];
    for (const media of contents.flatMap((content) => Object.values(content ?? {}))) {
      expect(media).toMatchObject({ schema: expect.any(Object), example: expect.any(Object) });
    }
  });

  it('has a response that succeeds, and a problem document for every status that every route has', () => {
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    expect(statuses).toEqual(expect.arrayContaining(['400', '401', '429', '500']));
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (status >= '400') expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
    }
  });
});

describe('the OpenAPI document', () => {
  let rig: AdminRig;
  beforeEach(async () => {
    rig = await startAdminRig();
  });
  afterEach(() => rig.stop());

  const get = (authorization?: string) =>
    rig.server.inject({ url: '/v1/openapi.json', headers: authorization === undefined ? {} : { authorization } });

  it('describes every route', async () => {
    const routes: string[] = [];
    rig.server.addHook('onRoute', ({ method, url }) => {
      if (method !== 'HEAD') routes.push(`${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
    await rig.server.ready();
    expect(routes.length).toBeGreaterThan(7);
    expect(operations.map(([route]) => route).toSorted()).toEqual(routes.toSorted());
    expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(routes.length);
  });

  it('is served to a token, and to no request without one', async () => {
    const served = await get(`Bearer ${adminTokens.confinedReader}`);
    expect([served.statusCode, served.json()]).toEqual([200, JSON.parse(text)]);
    expect((await get()).statusCode).toBe(401);
  });

  it('has references to components that it has, and no words of the validation layer', () => {
    const { components } = JSON.parse(text);
    const references = [...text.matchAll(/"\$ref": "#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(new Set(references)).toEqual(new Set(Object.keys(components.schemas)));
    expect(text).not.toMatch(/"(codes|unknownMember|httpsUrl|signingSecret|x-component)":/);
  });

  it('has an example of an install that its schema admits', () => {
    expect(createValidator(appInstallSchema, { keywords: installKeywords }).check(exampleInstall)).toMatchObject({ ok: true });
  });
});
