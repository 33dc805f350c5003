import type { JsonObject, SampleHead, SampleRequest, SampleSigner } from '@switchboard/source-kit';
import { signCalling } from '../calling/sign.ts';

const issuer = 'https://graph.microsoft.com';

/** An incoming call, its roster, a tone and its end. */
export async function sample(signer: SampleSigner): Promise<readonly SampleRequest[]> {
  const call = { id: signer.id(), chain: signer.id() };
  const path = `/communications/calls/${call.id}`;

  const request = async (name: string, eventType: string, element: JsonObject): Promise<SampleRequest> => {
    const head = await sign(signer);
    return {
      name,
      ...head,
      headers: { ...head.headers, 'x-microsoft-skype-chain-id': call.chain },
      body: Buffer.from(JSON.stringify({ '@odata.type': '#microsoft.graph.commsNotifications', value: [element] })),
      eventTypes: [`calling.CallNotification.${eventType}`],
    };
  };

  const entity = (type: string, members: JsonObject): JsonObject => ({ '@odata.type': `#microsoft.graph.${type}`, ...members });
  const change = (changeType: string, resourceUrl: string, resourceData: JsonObject | readonly JsonObject[]): JsonObject =>
    entity('commsNotification', { changeType, resourceUrl, resourceData });
  const common = { id: call.id, callChainId: call.chain, direction: 'incoming', tenantId: signer.tenantId };
  const caller = { identity: { user: { id: signer.id(), displayName: 'Sam Example' } }, countryCode: 'DE', languageId: 'de-DE' };
  const bot = { identity: { application: { id: signer.audience, displayName: 'Switchboard' } } };

  const incoming = entity('call', { ...common, state: 'incoming', requestedModalities: ['audio'], source: caller, targets: [bot] });
  const established = entity('call', { ...common, state: 'established', mediaState: { audio: 'active' } });
  const roster = [entity('participant', { id: signer.id(), info: caller, isMuted: false, isInLobby: false })];
  const tone = entity('call', { state: 'established', toneInfo: { sequenceId: 1, tone: 'tone5' } });
  const terminated = entity('call', { ...common, state: 'terminated', resultInfo: { code: 200, subcode: 0, message: 'Hung up' } });
  return Promise.all([
    request('incoming call', 'IncomingCallEvent', change('created', path, incoming)),
    request('call established', 'CallStateEvent', change('updated', path, established)),
    request('roster', 'ParticipantEvent', change('updated', `${path}/participants`, roster)),
    request('tone', 'ToneEvent', change('updated', path, tone)),
    request('call terminated', 'CallStateEvent', change('deleted', path, terminated)),
  ]);
}

export function sign(signer: SampleSigner): Promise<SampleHead> {
  return signCalling(signer, issuer);
}
