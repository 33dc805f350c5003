import type { SampleHead, SampleRequest, SampleSigner } from '@switchboard/source-kit';

const WEBHOOK = 'Switchboard';
const PERSON = 'Sam Example';

/** A person mentions the webhook in a channel. */
export async function sample(signer: SampleSigner): Promise<readonly SampleRequest[]> {
  const at = new Date(signer.now).toISOString();
  const thread = `19:${signer.id().replaceAll('-', '')}@thread.tacv2`;
  const message = {
    type: 'message',
    id: String(signer.now),
    timestamp: at,
    localTimestamp: at.replace('Z', '+00:00'),
    serviceUrl: 'https://smba.example.com/emea/',
    channelId: 'msteams',
    from: { id: `29:${signer.id()}`, name: PERSON },
    conversation: { id: `${thread};messageid=${signer.now}` },
    recipient: { id: 'null', name: 'null' },
    textFormat: 'plain',
    text: `<at>${WEBHOOK}</at> what is for lunch?`,
    attachments: [{ contentType: 'text/html', content: `<div><span itemscope="" itemid="0">${WEBHOOK}</span> what is for lunch?</div>` }],
    entities: [
      { type: 'mention', mentioned: { id: `28:${signer.id()}`, name: WEBHOOK }, text: `<at>${WEBHOOK}</at>` },
      { type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Web', timezone: 'Europe/London' },
    ],
    channelData: { channel: { id: thread }, team: { id: thread }, tenant: { id: signer.tenantId } },
  };
  const body = Buffer.from(JSON.stringify(message));
  return [
    {
      name: 'message that mentions the webhook',
      ...(await sign(signer, body)),
      body,
      eventTypes: ['ms.MessagingEventNotification.ContentEvent'],
    },
  ];
}

export async function sign(signer: SampleSigner, body: Buffer): Promise<SampleHead> {
  return {
    method: 'POST',
    target: `/outgoing-webhook?id=${encodeURIComponent(signer.hmacId)}`,
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: signer.hmac(body) },
  };
}
