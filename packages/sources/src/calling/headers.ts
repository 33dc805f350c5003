import { hash } from 'node:crypto';

/** Correlation and content headers of the calling platform that the raw record keeps. */
export const callingHeaders: readonly string[] = [
  'client-request-id',
  'content-type',
  'max-forwards',
  'ms-teams-partition',
  'ms-teams-region',
  'ms-teams-ring',
  'odata-version',
  'request-id',
  'routing-target-region',
  'scenario-id',
  'tenant-region',
  'user-agent',
  'x-microsoft-pma-instance',
  'x-microsoft-skype-callee-region',
  'x-microsoft-skype-caller-region',
  'x-microsoft-skype-chain-id',
  'x-microsoft-skype-message-id',
  'x-microsoft-skype-original-message-id',
  'x-microsoft-tenant',
  'x-ms-correlation-id',
  'x-plat-redirect-du',
  'x-plat-redirect-region',
];

const printableId = /^[\x21-\x7e]{1,200}$/;

interface Headed {
  readonly headers: Readonly<Record<string, string>>;
}

/** The id of this callback; the platform repeats it when it tries again. */
export function messageIdOf(request: Headed): string | undefined {
  return idHeader(request, 'x-microsoft-skype-message-id');
}

/** The id that joins all callbacks of one user-visible call. */
export function chainIdOf(request: Headed): string | undefined {
  return idHeader(request, 'x-microsoft-skype-chain-id');
}

export function scenarioIdOf(request: Headed): string | undefined {
  return idHeader(request, 'scenario-id');
}

/**
 * Equal for two requests that are the same notification. The protocol form is part of it: the platform announces a
 * call again in Graph form after a 204, and that copy is no repetition.
 */
export function callingDedupeKey(form: 'graph' | 'legacy', request: Headed & { readonly body: Buffer }): string {
  const messageId = messageIdOf(request);
  if (messageId !== undefined) return `${form}:message:${messageId.toLowerCase()}`;
  return `${form}:sha256:${hash('sha256', request.body, 'hex')}`;
}

// Values that came twice are joined with a comma and a space, so they fail the pattern and count as absent.
function idHeader({ headers }: Headed, name: string): string | undefined {
  const value = headers[name];
  return value !== undefined && printableId.test(value) ? value : undefined;
}
