import type { Subject } from './subject.ts';

const kinds = {
  message: (marker: string) => ({ type: 'message', textFormat: 'plain', text: `Is anybody there? ${marker}` }),
  card: (marker: string) => ({
    type: 'message',
    text: marker,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Which of these?' }] },
      },
    ],
  }),
  typing: (marker: string) => ({ type: 'typing', ofNoKnownMember: marker }),
  members: (marker: string) => ({
    type: 'conversationUpdate',
    membersAdded: [{ id: '29:bo', name: 'Bo Example' }],
    ofNoKnownMember: marker,
  }),
} as const;

/** An activity as the channel posts it to a bot or an outgoing webhook. */
export function activityBody(kind: keyof typeof kinds, { marker, conversation, tenantId }: Subject): Buffer {
  const activity = {
    ...kinds[kind](marker),
    id: `id-${marker}`,
    timestamp: '2024-05-14T08:30:00.000Z',
    serviceUrl: 'https://smba.example.com/emea/',
    channelId: 'msteams',
    from: { id: '29:sam', name: 'Sam Example' },
    conversation: { id: `a:${conversation}`, conversationType: 'personal', tenantId },
    recipient: { id: '28:bot', name: 'Switchboard' },
    channelData: { tenant: { id: tenantId } },
  };
  return Buffer.from(JSON.stringify(activity));
}
