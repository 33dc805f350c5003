import { sourceConformance } from '@switchboard/source-kit/testing';
import { describe, it } from 'vitest';
import { fixturesIn, requestOf } from './calling/test-support.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';

interface Setup {
  readonly metadataUrl: string;
  readonly audience: string;
  readonly tenantId: string;
}

const entry = ({ metadataUrl, audience, tenantId }: Setup) => ({ metadataUrl, audience, tenants: [tenantId] });
const bodiesOf = (source: string) =>
  fixturesIn(new URL(`./${source}/fixtures/`, import.meta.url)).map((fixture) => requestOf(fixture.bodyText ?? fixture.body).body);

const ofGraph = sourceConformance(graphCalling, 'Bearer', {
  entry,
  siblings: [legacyCalling],
  bodies: bodiesOf('graph-calling'),
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

const ofLegacy = sourceConformance(legacyCalling, 'Bearer', {
  entry,
  siblings: [graphCalling],
  bodies: bodiesOf('legacy-calling'),
  secretBodies: [
    {
      name: 'a token anywhere in a conversation',
      body: { id: '1', callState: 'incoming', participants: [{ token: 'secret-1' }], links: { replacementLink: 'secret-2' } },
      secrets: ['secret-1', 'secret-2'],
    },
  ],
});

describe('graph-calling', () => {
  for (const promise of ofGraph) it(promise.name, promise.run);
});

describe('legacy-calling', () => {
  for (const promise of ofLegacy) it(promise.name, promise.run);
});
