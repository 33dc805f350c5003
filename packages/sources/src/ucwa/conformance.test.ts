import { readFileSync } from 'node:fs';
import { sourceConformance } from '@switchboard/source-kit/testing';
import { describe, it } from 'vitest';
import { ucwa } from './index.ts';
import { documentOf, eventOn, inConversation } from './testing/document.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url));

const promises = sourceConformance(ucwa, 'Bearer', {
  entry: ({ metadataUrl, audience, tenantId }) => ({ metadataUrl, audience, tenants: [tenantId] }),
  audience: 'https://litware.example',
  bodies: [fixture('message-completed'), fixture('incoming-call'), fixture('conversation-and-people')],
  secretBodies: [
    {
      name: 'media offer and answer, an access token',
      body: documentOf(
        eventOn('ms:rtc:saas:audioVideoInvitation', 'started', inConversation('audioVideo'), {
          resource: {
            access_token: 'secret-1',
            _links: {
              'ms:rtc:saas:mediaOffer': { href: 'data:application/sdp,secret-2' },
              mediaAnswer: { href: 'data:application/sdp,secret-3' },
            },
          },
        }),
        eventOn('brandNew', 'updated', inConversation('new'), {
          resource: { 'service:mediaOffer': 'secret-4', recordingAccessToken: 'secret-5', 'ms:rtc:brandnew:MediaAnswer': 'secret-6' },
        }),
      ),
      secrets: ['secret-1', 'secret-2', 'secret-3', 'secret-4', 'secret-5', 'secret-6'],
    },
  ],
});

describe('ucwa', () => {
  for (const promise of promises) it(promise.name, promise.run);
});
