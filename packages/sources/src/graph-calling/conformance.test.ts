import { sourceConformance } from '@switchboard/source-kit/testing';
import { describe, it } from 'vitest';
import { fixturesIn, requestOf } from '../calling/test-support.ts';
import { legacyCalling } from '../legacy-calling/index.ts';
import { graphCalling } from './index.ts';

const bodies = fixturesIn(new URL('./fixtures/', import.meta.url)).map((fixture) => requestOf(fixture.bodyText ?? fixture.body).body);

const promises = sourceConformance(graphCalling, 'Bearer', {
  entry: ({ metadataUrl, audience, tenantId }) => ({ metadataUrl, audience, tenants: [tenantId] }),
  siblings: [legacyCalling],
  bodies,
  secretBodies: [
    {
      name: 'tokens and blobs of a call',
      body: {
        authorization: 'secret-1',
        value: [
          {
            changeType: 'created',
            resourceUrl: '/communications/calls/1',
            resourceData: {
              state: 'incoming',
              source: { replacementLink: 'secret-2' },
              meetingInfo: { token: 'secret-3' },
              mediaConfig: { blob: { text: 'secret-4' } },
              other: [{ clientSecret: 'secret-5' }],
            },
          },
        ],
      },
      secrets: ['secret-1', 'secret-2', 'secret-3', 'secret-4', 'secret-5'],
    },
    {
      name: 'access token of a recording',
      body: {
        value: [
          {
            changeType: 'deleted',
            resourceUrl: '/communications/calls/1/operations/2',
            resourceData: [{ '@odata.type': '#microsoft.graph.recordOperation', RecordingAccessToken: 'secret-1' }],
          },
        ],
      },
      secrets: ['secret-1'],
    },
    {
      name: 'secrets of a kind that no rule maps',
      body: { value: [{ changeType: 'updated', resource: '/rooms/1', resourceData: { '@odata.type': 'x', token: 'secret-1' } }] },
      secrets: ['secret-1'],
    },
  ],
});

describe('graph-calling', () => {
  for (const promise of promises) it(promise.name, promise.run);
});
