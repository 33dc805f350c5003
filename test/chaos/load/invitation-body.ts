import type { Subject } from './subject.ts';

const APPLICATION = '/platformservice/tgt-1/v1/applications/1627259584';
const ENDPOINT = 'sip:helpdesk@contoso.example';
const REL = 'ms:rtc:saas';

const at = (path: string) => ({ href: `${APPLICATION}/${path}?endpointId=${ENDPOINT}` });

/** A UCWA document in which somebody begins a conversation with a message. */
export function invitationBody({ index, marker, conversation, random }: Subject): Buffer {
  // Documents of an event channel are numbered: the number is what tells a repeated one.
  const key = encodeURIComponent(`1627259584~${ENDPOINT}~${conversation}`);
  const invited = at(`communication/messagingInvitations/${random.uuid()}`);
  const resource = {
    direction: 'Incoming',
    state: 'Connecting',
    operationId: random.uuid(),
    importance: 'Normal',
    threadId: random.uuid().replaceAll('-', ''),
    subject: marker,
    _links: {
      self: invited,
      [`${REL}:conversation`]: at(`communication/conversations/${conversation}`),
      [`${REL}:message`]: { href: `data:text/plain;charset=utf-8,What+is+for+lunch%3F+${marker}` },
    },
    _embedded: {
      [`${REL}:from`]: {
        uri: 'sip:sam@contoso.example',
        name: 'Sam Example',
        _links: { self: at(`communication/conversations/${conversation}/participants/sam@contoso.example`) },
        rel: `${REL}:participant`,
      },
    },
    rel: `${REL}:messagingInvitation`,
  };
  const document = {
    _links: {
      self: { href: `${APPLICATION}/events?ack=${index + 1}&key=${key}` },
      next: { href: `${APPLICATION}/events?ack=${index + 2}&key=${key}` },
    },
    sender: [
      {
        rel: `${REL}:communication`,
        ...at('communication'),
        events: [
          {
            link: { rel: `${REL}:messagingInvitation`, ...invited },
            _embedded: { [`${REL}:messagingInvitation`]: resource },
            type: 'started',
          },
        ],
      },
    ],
    baseuri: 'https://pool1.example.com',
  };
  return Buffer.from(JSON.stringify(document));
}
