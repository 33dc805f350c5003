import { randomUUID } from 'node:crypto';

const SERVICE_URL = 'https://smba.example.com/emea/';

/** What a bot is told, by the event type that comes of it. */
const kinds = {
  'ms.MessagingEventNotification.ContentEvent': (text: string) => ({ type: 'message', textFormat: 'plain', text }),
  'ms.MessagingEventNotification.RichContentEvent': (text: string) => ({
    type: 'message',
    text,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text }] },
      },
    ],
  }),
  'ms.MessagingEventNotification.ChatStateEvent': () => ({ type: 'typing' }),
  'cqm.ExConversationChangeNotification': () => ({ type: 'conversationUpdate', membersAdded: [{ id: '29:bo', name: 'Bo Example' }] }),
} as const;

export type ActivityEventType = keyof typeof kinds;

export interface ActivityOptions {
  /** Tenant of the conversation, for installs that filter by it. */
  readonly tenant: string;
  /** Default: a conversation of its own. */
  readonly conversation?: string;
  readonly text?: string;
}

/** Body of a Bot Framework request that becomes one event of the type; each is another message. */
export function activityFor(eventType: ActivityEventType, { tenant, conversation, text }: ActivityOptions): Buffer {
  const activity = {
    ...kinds[eventType](text ?? 'Is anybody there?'),
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    serviceUrl: SERVICE_URL,
    channelId: 'msteams',
    from: { id: '29:sam', name: 'Sam Example' },
    conversation: { id: conversation ?? `a:${randomUUID()}`, conversationType: 'personal', tenantId: tenant },
    recipient: { id: '28:bot', name: 'Switchboard' },
    channelData: { tenant: { id: tenant } },
  };
  return Buffer.from(JSON.stringify(activity));
}
