import type { Subject } from './subject.ts';

const entity = (type: string, members: object) => ({ '@odata.type': `#microsoft.graph.${type}`, ...members });

const caller = (countryCode: string) => ({
  identity: { user: { id: 'sam', displayName: 'Sam Example' } },
  countryCode,
  languageId: 'de-DE',
});

function incoming({ conversation, tenantId }: Subject, countryCode: string) {
  const members = { id: conversation, direction: 'incoming', tenantId, state: 'incoming', requestedModalities: ['audio'] };
  return { changeType: 'created', path: '', resourceData: entity('call', { ...members, source: caller(countryCode), targets: [] }) };
}

const kinds = {
  incoming: (subject: Subject) => incoming(subject, 'DE'),
  elsewhere: (subject: Subject) => incoming(subject, 'US'),
  established: ({ conversation }: Subject) => ({
    changeType: 'updated',
    path: '',
    resourceData: entity('call', { id: conversation, state: 'established', mediaState: { audio: 'active' } }),
  }),
  roster: () => ({
    changeType: 'updated',
    path: '/participants',
    resourceData: [entity('participant', { id: 'sam', info: caller('DE'), isMuted: false, isInLobby: false })],
  }),
  tone: () => ({
    changeType: 'updated',
    path: '',
    resourceData: entity('call', { state: 'established', toneInfo: { sequenceId: 1, tone: 'tone5' } }),
  }),
} as const;

/** A notification of the calling platform in its Graph form. */
export function callBody(kind: keyof typeof kinds, subject: Subject): Buffer {
  const { changeType, path, resourceData } = kinds[kind](subject);
  const resourceUrl = `/communications/calls/${subject.conversation}${path}`;
  const change = entity('commsNotification', { changeType, resourceUrl, resourceData, ofNoKnownMember: subject.marker });
  return Buffer.from(JSON.stringify({ '@odata.type': '#microsoft.graph.commsNotifications', value: [change] }));
}

/** A call announced in the legacy form: of its own, for the platform says it once. */
export function legacyCall({ random, tenantId, marker }: Subject): { readonly subject: string; readonly body: Buffer } {
  const subject = random.uuid();
  const conversation = {
    id: subject,
    participants: [
      { identity: '8:orgid:sam', displayName: 'Sam Example', languageId: 'de-DE', originator: true },
      { identity: '28:bot', originator: false },
    ],
    isMultiparty: false,
    presentedModalityTypes: ['audio'],
    callState: 'incoming',
    tenantId,
    ofNoKnownMember: marker,
  };
  return { subject, body: Buffer.from(JSON.stringify(conversation)) };
}
