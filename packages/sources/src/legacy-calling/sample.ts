import type { SampleRequest, SampleSigner } from '@switchboard/source-kit';

const issuer = 'https://api.botframework.com';

/** A call announced in the legacy protocol, which the answer asks to be announced again. */
export async function sample(signer: SampleSigner): Promise<readonly SampleRequest[]> {
  const conversation = {
    id: signer.id(),
    participants: [
      { identity: `8:orgid:${signer.id()}`, displayName: 'Sam Example', languageId: 'de-DE', originator: true },
      { identity: `28:${signer.audience}`, originator: false },
    ],
    isMultiparty: false,
    presentedModalityTypes: ['audio'],
    callState: 'incoming',
    tenantId: signer.tenantId,
  };
  const token = await signer.token({ iss: issuer, aud: signer.audience, tid: signer.tenantId });
  return [
    {
      name: 'call announced in the legacy protocol',
      method: 'POST',
      target: `/calling/${encodeURIComponent(signer.app)}`,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        authorization: `Bearer ${token}`,
        'x-microsoft-skype-chain-id': signer.id(),
        'x-microsoft-skype-message-id': signer.id(),
      },
      body: Buffer.from(JSON.stringify(conversation)),
      eventTypes: ['calling.CallNotification.ProtocolDeterminationEvent'],
    },
  ];
}
