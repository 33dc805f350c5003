import type { SampleHead, SampleSigner } from '@switchboard/source-kit';

/** How a calling platform addresses and signs a callback: a token that says nothing about the body, and ids of its own for each message. */
export async function signCalling(signer: SampleSigner, issuer: string): Promise<SampleHead> {
  const token = await signer.token({ iss: issuer, aud: signer.audience, tid: signer.tenantId });
  return {
    method: 'POST',
    target: `/calling/${encodeURIComponent(signer.app)}`,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      authorization: `Bearer ${token}`,
      'x-microsoft-skype-chain-id': signer.id(),
      'x-microsoft-skype-message-id': signer.id(),
      'scenario-id': signer.id(),
    },
  };
}
