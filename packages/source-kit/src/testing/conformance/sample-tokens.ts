import type { InboundRequest } from '../../source.ts';
import type { Rig } from './setup.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** The first sample of a source, with the valid token that it carries. */
export function firstToken(rig: Rig): { readonly request: InboundRequest; readonly token: string; readonly claims: Claims } {
  const request = rig.samples[0]?.request as InboundRequest;
  const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  return { request, token, claims };
}

export function withToken(request: InboundRequest, token: string): InboundRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}
