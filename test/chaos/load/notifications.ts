import type { SourceId } from '@switchboard/sources';
import type { Random } from '../../support/random.ts';
import { activityBody } from './activity-body.ts';
import { callBody, legacyCall } from './call-body.ts';
import { invitationBody } from './invitation-body.ts';
import { LARGE_TENANT } from './large-events.ts';
import type { Subject } from './subject.ts';

/** A notification as its sender makes it. */
export interface Notification {
  readonly source: SourceId;
  /** Text that stands in this body alone and comes through to each of its events. */
  readonly marker: string;
  /** Conversation or call that it is about: its id stands in each of its events. */
  readonly subject: string;
  readonly body: Buffer;
  /** What it must become, in order. */
  readonly eventTypes: readonly string[];
}

type Make = (subject: Subject) => Omit<Notification, 'marker' | 'subject'> & Partial<Pick<Notification, 'subject'>>;

/** Conversations and calls at a time: few enough that each has many notifications on their way at once. */
const CONVERSATIONS = 150;

const messaging = 'ms.MessagingEventNotification';
const calling = 'calling.CallNotification';
const conversationChange = 'cqm.ExConversationChangeNotification';

const activity =
  (source: SourceId, kind: Parameters<typeof activityBody>[0], ...eventTypes: readonly string[]): Make =>
  (subject) => ({ source, body: activityBody(kind, subject), eventTypes });

const call =
  (kind: Parameters<typeof callBody>[0], ...eventTypes: readonly string[]): Make =>
  (subject) => ({ source: 'graph-calling', body: callBody(kind, subject), eventTypes });

const kinds: readonly (readonly [weight: number, make: Make])[] = [
  [44, activity('bot-framework', 'message', `${messaging}.ContentEvent`)],
  [10, activity('bot-framework', 'card', `${messaging}.RichContentEvent`)],
  [5, activity('bot-framework', 'typing', `${messaging}.ChatStateEvent`)],
  [8, activity('bot-framework', 'members', conversationChange)],
  [5, activity('outgoing-webhook', 'message', `${messaging}.ContentEvent`)],
  [12, (subject) => ({ source: 'ucwa', body: invitationBody(subject), eventTypes: [conversationChange, `${messaging}.ContentEvent`] })],
  [4, call('incoming', `${calling}.IncomingCallEvent`)],
  [4, call('established', `${calling}.CallStateEvent`)],
  [3, call('roster', `${calling}.ParticipantEvent`)],
  [2, call('tone', `${calling}.ToneEvent`)],
  // A new call of another region, whose sender is sent there.
  [1, call('elsewhere')],
  [
    2,
    (subject) => ({
      source: 'legacy-calling',
      ...legacyCall(subject),
      eventTypes: [`${calling}.ProtocolDeterminationEvent`],
    }),
  ],
];

/** Every event type that a notification of a run may become. */
export const sentEventTypes: readonly string[] = [
  `${messaging}.ContentEvent`,
  `${messaging}.RichContentEvent`,
  `${messaging}.ChatStateEvent`,
  conversationChange,
  `${calling}.IncomingCallEvent`,
  `${calling}.CallStateEvent`,
  `${calling}.ParticipantEvent`,
  `${calling}.ToneEvent`,
  `${calling}.ProtocolDeterminationEvent`,
];

/** Markers in a text. No marker is the beginning of another one. */
export function markersIn(text: string): string[] {
  return [...new Set(text.match(/chaos-\d+-\d+\./g))];
}

export interface NotificationsOptions {
  readonly seed: number;
  readonly tenantId: string;
  /** Each so many-th is a message of the tenant whose events 300 installs receive. */
  readonly largeEvery: number;
}

const largeMessage = activity('bot-framework', 'message', `${messaging}.ContentEvent`);

/** The notifications of a run, one after another. */
export function createNotifications(random: Random, { seed, tenantId, largeEvery }: NotificationsOptions): () => Notification {
  const conversations = Array.from({ length: CONVERSATIONS }, () => random.uuid());
  let index = 0;
  return () => {
    const marker = `chaos-${seed}-${index}.`;
    const isLarge = (index + 1) % largeEvery === 0;
    const make = isLarge ? largeMessage : random.weighted(kinds);
    const conversation = random.pick(conversations);
    const notification = make({ index, marker, tenantId: isLarge ? LARGE_TENANT : tenantId, conversation, random });
    index += 1;
    return { subject: conversation, ...notification, marker };
  };
}
