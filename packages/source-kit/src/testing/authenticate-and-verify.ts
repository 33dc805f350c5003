import type { AuthenticateContext, InboundHead, InboundRequest, Source, VerifyOutcome } from '../source.ts';

type Judge<Entry> = Pick<Source<string, Entry>, 'authenticate' | 'verify'>;

/** What the ingress has of a request before its body. */
export function headOf({ body: _, ...head }: InboundRequest): InboundHead {
  return head;
}

/** Authenticates and then verifies, as the ingress does: `verify` is called only for what `authenticate` lets pass. */
export async function authenticateAndVerify<Entry>(
  source: Judge<Entry>,
  request: InboundRequest,
  context: AuthenticateContext<Entry>,
): Promise<VerifyOutcome> {
  const authenticated = await source.authenticate(headOf(request), context);
  if (authenticated.kind === 'refused' || authenticated.kind === 'unavailable') return authenticated;
  const principal = authenticated.kind === 'authenticated' ? authenticated.principal : null;
  return source.verify(request, principal, { app: context.app, entry: context.entry });
}
