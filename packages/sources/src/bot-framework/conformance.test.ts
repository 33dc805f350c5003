import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject } from '@switchboard/source-kit';
import { sourceConformance } from '@switchboard/source-kit/testing';
import { describe, it } from 'vitest';
import { botFramework } from './index.ts';

const fixtures = new URL('fixtures/', import.meta.url);
const bodies = readdirSync(fixtures).map((name) => readFileSync(new URL(name, fixtures)));
const invoke = (name: string, value: JsonObject): JsonObject => ({
  type: 'invoke',
  name,
  conversation: { id: 'c' },
  channelId: 'msteams',
  value,
});

const promises = sourceConformance(botFramework, 'Bearer', {
  entry: ({ metadataUrl, audience }) => ({ metadataUrl, audience }),
  bodies,
  secretBodies: [
    { name: 'token exchange', body: invoke('signin/tokenExchange', { token: 'secret-1' }), secrets: ['secret-1'] },
    { name: 'sign-in state', body: invoke('signin/verifyState', { state: 'secret-1' }), secrets: ['secret-1'] },
    {
      name: 'sign-in on the way of a card action',
      body: invoke('adaptiveCard/action', { state: 'secret-1', authentication: { token: 'secret-2' } }),
      secrets: ['secret-1', 'secret-2'],
    },
    {
      name: 'sign-in on the way of a search',
      body: invoke('composeExtension/query', { state: 'secret-1', authentication: { token: 'secret-2' } }),
      secrets: ['secret-1', 'secret-2'],
    },
    {
      name: 'token response and a client secret in channel data',
      body: {
        type: 'event',
        name: 'tokens/response',
        conversation: { id: 'c' },
        value: { token: 'secret-1' },
        channelData: { client_secret: 'secret-2', Authorization: 'secret-3' },
      },
      secrets: ['secret-1', 'secret-2', 'secret-3'],
    },
  ],
});

describe('bot-framework', () => {
  for (const promise of promises) it(promise.name, promise.run);
});
