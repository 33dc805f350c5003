import { readEntry } from '@switchboard/source-kit/testing';
import { describe, expect, it } from 'vitest';
import { audience, entryOf, noSecrets } from './calling/test-support.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';

const workflow = { links: { callback: 'https://bot.example/next' }, actions: [{ action: 'hangup', operationId: '1' }] };

const problemsOf = (value: unknown) => {
  const outcome = readEntry(graphCalling, value, noSecrets);
  return outcome.ok ? [] : outcome.problems;
};

describe('the graph-calling entry of an app', () => {
  it('needs only the audience; the rest is what Microsoft publishes', () => {
    expect(entryOf()).toEqual({
      audience,
      issuers: ['https://api.botframework.com', 'https://graph.microsoft.com'],
      metadataUrl: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration',
      tenants: [],
      regions: { byTenant: new Map(), byCountry: new Map(), redirectStatus: 302 },
      legacy: 'switch',
      workflow: undefined,
    });
  });

  it('is shared by both calling sources', () => {
    expect([graphCalling.entryName, legacyCalling.entryName]).toEqual(['graph-calling', 'graph-calling']);
    expect(legacyCalling.keySetUrls(entryOf())).toEqual(graphCalling.keySetUrls(entryOf()));
    expect(legacyCalling.routes).toEqual(graphCalling.routes);
  });

  it.each([
    [{}, 'audience is mandatory: a string of 1 to 256 characters'],
    [{ audience: '' }, 'audience must be a string of 1 to 256 characters (got "")'],
    [{ audience, issuers: [] }, 'issuers must be an array of 1 to 1000 items'],
    [{ audience, metadataUrl: 'http://issuer.example/' }, 'metadataUrl must be an https URL'],
    [{ audience, legacy: 'yes' }, 'legacy must be "switch" or "accept" (got "yes")'],
    [{ audience, regions: { redirectStatus: 301 } }, 'regions.redirectStatus must be 302 or 307 (got 301)'],
    [{ audience, regions: { byTenant: { a: 1 } } }, 'regions.byTenant.a must be a string'],
    [{ audience, workflow: { waitMs: 20_000, default: workflow } }, 'workflow.waitMs must be an integer from 0 to 10000 (got 20000)'],
    [{ audience, workflow: { waitMs: 1, default: {} } }, 'workflow.default must be a reply that can be sent. The reply is not a workflow'],
    [{ audience, tenant: 'x' }, 'tenant is not a member here'],
  ])('%j is refused: %s', (value, problem) => {
    expect(problemsOf(value)).toEqual([expect.stringContaining(problem)]);
  });
});
