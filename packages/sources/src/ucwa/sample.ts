import type { SampleHead, SampleRequest, SampleSigner } from '@switchboard/source-kit';
import { skypeForBusinessAppId } from './verify.ts';

const ORIGIN = 'https://pool1.example.com';
const REL = 'ms:rtc:saas';

/** Someone starts a conversation with a message; the default URL is told, and may answer with a context. */
export async function sample(signer: SampleSigner): Promise<readonly SampleRequest[]> {
  const body = Buffer.from(JSON.stringify(invitation(signer)));
  return [
    {
      name: 'invitation with a first message',
      ...(await sign(signer)),
      body,
      eventTypes: ['cqm.ExConversationChangeNotification', 'ms.MessagingEventNotification.ContentEvent'],
    },
  ];
}

/** For the default URL of the app; the token says nothing about the body. */
export async function sign(signer: SampleSigner): Promise<SampleHead> {
  const token = await signer.token(claims(signer));
  return {
    method: 'POST',
    target: `/ucwa/${encodeURIComponent(signer.app)}`,
    headers: {
      'x-ms-correlation-id': String(signer.now % 4_294_967_296),
      'client-request-id': signer.id(),
      authorization: `Bearer ${token}`,
      'content-type': 'application/json; type="application/vnd.microsoft.com.ucwa+json"; charset=utf-8',
    },
  };
}

function claims(signer: SampleSigner) {
  const issuer = `https://sts.windows.net/${signer.tenantId}/`;
  const subject = signer.id();
  return {
    aud: signer.audience,
    iss: issuer,
    appid: skypeForBusinessAppId,
    appidacr: '2',
    idp: issuer,
    oid: subject,
    sub: subject,
    tid: signer.tenantId,
    ver: '1.0',
  };
}

function invitation(signer: SampleSigner) {
  const endpoint = 'sip:helpdesk@contoso.example';
  const application = `/platformservice/tgt-${signer.id().replaceAll('-', '')}/v1/applications/1627259584`;
  const at = (path: string) => ({ href: `${application}/${path}?endpointId=${endpoint}` });
  const conversation = signer.id();
  const key = encodeURIComponent(`1627259584~${endpoint}~${conversation}`);
  const invited = at(`communication/messagingInvitations/${signer.id()}`);
  return {
    _links: {
      self: { href: `${application}/events?ack=1&key=${key}` },
      next: { href: `${application}/events?ack=2&key=${key}` },
    },
    sender: [
      {
        rel: `${REL}:communication`,
        ...at('communication'),
        events: [
          {
            link: { rel: `${REL}:messagingInvitation`, ...invited },
            _embedded: { [`${REL}:messagingInvitation`]: resource(signer, invited, at, conversation) },
            type: 'started',
          },
        ],
      },
    ],
    baseuri: ORIGIN,
  };
}

type Link = { readonly href: string };

function resource(signer: SampleSigner, self: Link, at: (path: string) => Link, conversation: string) {
  const person = at(`communication/conversations/${conversation}/participants/sam@contoso.example`);
  return {
    direction: 'Incoming',
    state: 'Connecting',
    operationId: signer.id(),
    importance: 'Normal',
    threadId: signer.id().replaceAll('-', ''),
    subject: 'Lunch',
    _links: {
      self,
      [`${REL}:conversation`]: at(`communication/conversations/${conversation}`),
      [`${REL}:message`]: { href: 'data:text/plain;charset=utf-8,What+is+for+lunch%3F' },
    },
    _embedded: {
      [`${REL}:from`]: { uri: 'sip:sam@contoso.example', name: 'Sam Example', _links: { self: person }, rel: `${REL}:participant` },
    },
    rel: `${REL}:messagingInvitation`,
  };
}
