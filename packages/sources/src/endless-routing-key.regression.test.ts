import type { Classification, Json } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { classify as classifyActivity } from './bot-framework/classify.ts';
import { classify as classifyWebhook } from './outgoing-webhook/classify.ts';
import { requestOf, routing } from './testing/request.ts';
import { classify as classifyUcwa } from './ucwa/classify.ts';
import { documentOf, eventOn, frame, inCommunication, inConversation } from './ucwa/testing/document.ts';

const principal = { scheme: 'bearer', issuer: null, subject: null, tenantId: null, keyId: null } as const;
const reply = { waitMs: 4_500, default: { type: 'message', text: 'One moment.' } };
const context = { app: 'contoso', principal, routing };
const bearer = { audience: 'a', issuers: ['i'], tenants: [], metadataUrl: 'https://issuer.example', reply };
const webhook = { ids: [], keys: [], team: undefined, tenant: undefined, name: undefined, reply };

const activity = (id: string): Json => ({ type: 'message', id: '1', channelId: 'msteams', conversation: { id } });
const about = (id: string) => eventOn('conversation', 'updated', inConversation('', id));
const ucwa = (body: Json) => classifyUcwa(requestOf(body), { ...context, entry: bearer });

describe('an id that is too long to be a key is refused, and the longest that is not is taken', () => {
  it.each<[string, (id: string) => Classification]>([
    ['conversation of an activity', (id) => classifyActivity(requestOf(activity(id)), { ...context, entry: bearer })],
    ['conversation of an outgoing webhook', (id) => classifyWebhook(requestOf(activity(id)), { ...context, entry: webhook })],
    ['first conversation of a UCWA document', (id) => ucwa({ ...documentOf(about(id)), ...frame('') })],
    ['conversation of a UCWA event channel', (id) => ucwa({ ...documentOf(about('c1')), ...frame(`77~sip:desk@contoso.example~${id}`) })],
    ['another conversation of a UCWA document', (id) => ucwa(documentOf(about('c1'), about(id)))],
    [
      'UCWA invitation without a conversation',
      (id) =>
        ucwa({ ...frame(''), sender: [{ events: [eventOn('phoneAudioInvitation', 'started', inCommunication(`invitations/${id}`))] }] }),
    ],
  ])('%s', (_, classify) => {
    expect(classify('x'.repeat(1_024)).kind).toBe('classified');
    expect(classify('x'.repeat(1_025))).toEqual({ kind: 'malformed', code: 'ERR_CLASSIFY_ROUTING_KEY' });
  });
});
