import { isIP } from 'node:net';
import { shown } from './member-path.ts';

/** What else a URL may be or have. */
export interface HttpsUrlRule {
  /** http is admitted for a loopback address. Default false. */
  readonly loopbackHttp?: boolean;
  /** A query is admitted. Default true. */
  readonly query?: boolean;
  /** A fragment is admitted. Default true. */
  readonly fragment?: boolean;
}

/** The rule that a text breaks which must be an absolute https URL without user information; undefined if it breaks none. */
export function httpsUrlProblem(text: string, rule: HttpsUrlRule = {}): string | undefined {
  const { loopbackHttp = false, query = true, fragment = true } = rule;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAdmitted = url?.protocol === 'https:' || (loopbackHttp && url?.protocol === 'http:' && isLoopback(url.hostname));
  // Of these URL leaves out tabs and line breaks, so that another address than the written one would be connected to.
  if (url === undefined || !isAdmitted || /\p{Cc}/u.test(text)) return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'must be an https URL without a user name and a password';
  if (!query && url.search !== '') return 'must be an https URL without a query';
  if (!fragment && url.hash !== '') return 'must be an https URL without a fragment';
  return undefined;
}

/**
 * A text that should be a URL, as a message may show it: scheme, host and the start of the path. User information, query
 * and fragment may be secret. Undefined if the text is no URL and may have user information.
 */
export function shownUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.host !== '') return shown(`${url.protocol}//${url.host}${url.pathname.slice(0, 80)}`);
  return text.includes('@') ? undefined : shown(text.split(/[?#]/, 1)[0]);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
