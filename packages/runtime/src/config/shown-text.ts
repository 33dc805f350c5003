import type { Variable } from './variable.ts';

const REDACTED = '[redacted]';

/** A URL without what may be secret in it: user information, query and fragment. */
export function shownUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Without an authority, or with an @ behind it, there is no telling where a password begins: `user:word@host`, `http://a/b@host`.
  const isClear = url !== undefined && text.includes('://') && !`${url.pathname}${url.search}${url.hash}`.includes('@');
  if (!isClear) return /[@?#]/.test(text) ? REDACTED : text;
  const user = url.username !== '' || url.password !== '' ? `${REDACTED}@` : '';
  const rest = url.search !== '' || url.hash !== '' ? `?${REDACTED}` : '';
  if (user === '' && rest === '') return text;
  return `${url.protocol}//${user}${url.host}${url.pathname}${rest}`;
}

/** The text of a variable as a problem shows it; undefined for a secret, which no problem shows. */
export function shownText(variable: Variable, text: string): string | undefined {
  if (variable.type === 'secret') return undefined;
  if (variable.type === 'url') return shownUrl(text);
  // A list may be of hosts or URLs, one of which holds a password by mistake.
  if (variable.type === 'list') return text.replace(/[^\s,/]*@/g, `${REDACTED}@`).replace(/\?[^\s,]*/g, `?${REDACTED}`);
  return text;
}

/** The value of a variable as the summary of a configuration shows it. */
export function shownValue(variable: Variable, value: unknown): unknown {
  if (variable.type === 'secret') return { configured: value !== undefined };
  return variable.type === 'url' && typeof value === 'string' ? shownUrl(value) : value;
}
