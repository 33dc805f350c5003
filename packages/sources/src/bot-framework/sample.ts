import { parseJsonObject, type SampleHead, type SampleRequest, type SampleSigner, textAt } from '@switchboard/source-kit';

const ISSUER = 'https://api.botframework.com';
const SERVICE_URL = 'https://smba.example.com/emea/';

/** A person writes to the bot. */
export async function sample(signer: SampleSigner): Promise<readonly SampleRequest[]> {
  const person = { id: `29:${signer.id()}`, name: 'Sam Example', aadObjectId: signer.id() };
  const activity = {
    type: 'message',
    id: String(signer.now),
    timestamp: new Date(signer.now).toISOString(),
    serviceUrl: SERVICE_URL,
    channelId: 'msteams',
    from: person,
    conversation: { id: `a:${signer.id()}`, conversationType: 'personal', tenantId: signer.tenantId },
    recipient: { id: `28:${signer.audience}`, name: 'Switchboard' },
    textFormat: 'plain',
    locale: 'en-GB',
    text: 'Is anybody there?',
    entities: [{ type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Web' }],
    channelData: { tenant: { id: signer.tenantId } },
  };
  const body = Buffer.from(JSON.stringify(activity));
  return [
    {
      name: 'message to the bot',
      ...(await sign(signer, body)),
      body,
      eventTypes: ['ms.MessagingEventNotification.ContentEvent'],
    },
  ];
}

/** The token holds for the service URL of the body. */
export async function sign(signer: SampleSigner, body: Buffer): Promise<SampleHead> {
  const parsed = parseJsonObject(body);
  const serviceurl = parsed.ok ? textAt(parsed.value, 'serviceUrl') : undefined;
  const token = await signer.token({ iss: ISSUER, aud: signer.audience, serviceurl });
  return {
    method: 'POST',
    target: `/bot-framework/${encodeURIComponent(signer.app)}`,
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
  };
}
