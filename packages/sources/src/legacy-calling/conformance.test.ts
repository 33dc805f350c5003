import { sourceConformance } from '@switchboard/source-kit/testing';
import { describe, it } from 'vitest';
import { fixturesIn, requestOf } from '../calling/test-support.ts';
import { graphCalling } from '../graph-calling/index.ts';
import { legacyCalling } from './index.ts';

const bodies = fixturesIn(new URL('./fixtures/', import.meta.url)).map((fixture) => requestOf(fixture.bodyText ?? fixture.body).body);

const promises = sourceConformance(legacyCalling, 'Bearer', {
  entry: ({ metadataUrl, audience, tenantId }) => ({ metadataUrl, audience, tenants: [tenantId] }),
  siblings: [graphCalling],
  bodies,
  secretBodies: [
    {
      name: 'a token anywhere in a conversation',
      body: { id: '1', callState: 'incoming', participants: [{ token: 'secret-1' }], links: { replacementLink: 'secret-2' } },
      secrets: ['secret-1', 'secret-2'],
    },
  ],
});

describe('legacy-calling', () => {
  for (const promise of promises) it(promise.name, promise.run);
});
