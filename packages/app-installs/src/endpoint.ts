const MAX_LENGTH = 2_048;

/**
 * Why a text cannot be an endpoint, or undefined if it can. An endpoint is an absolute https URL without user
 * information. The address rule decides whether its host may be connected to.
 */
export function endpointProblem(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  if (!URL.canParse(text)) return 'must be an absolute https URL';
  const url = new URL(text);
  if (url.protocol !== 'https:') return `must start with https:, not ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.hash !== '') return 'must not hold a fragment';
  return undefined;
}

/** An endpoint as a message may show it: scheme, host and path; user information, query and fragment may be secret. */
export function shownEndpoint(text: string): string {
  if (!URL.canParse(text)) return JSON.stringify(text.split(/[?#]/, 1)[0]?.slice(0, 120) ?? '');
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname.slice(0, 80)}`;
}
