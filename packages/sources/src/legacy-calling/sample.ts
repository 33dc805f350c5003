import type { SampleHead, SampleRequest, SampleSigner } from '@switchboard/source-kit';
import { signCalling } from '../calling/sign.ts';

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
  return [
    {
      name: 'call announced in the legacy protocol',
      ...(await sign(signer)),
      body: Buffer.from(JSON.stringify(conversation)),
      eventTypes: ['calling.CallNotification.ProtocolDeterminationEvent'],
    },
  ];
}

export function sign(signer: SampleSigner): Promise<SampleHead> {
  return signCalling(signer, issuer);
}
