/** Closed list of what can be wrong with an app-install document. */
export type InstallProblemCode =
  /** A mandatory member is absent. */
  | 'ERR_INSTALL_MISSING'
  /** A member that this document does not have. */
  | 'ERR_INSTALL_UNKNOWN_MEMBER'
  /** A member has another JSON type. */
  | 'ERR_INSTALL_WRONG_TYPE'
  /** A member is outside its range or form. */
  | 'ERR_INSTALL_OUT_OF_RANGE'
  /** A key of the webhooks map is not an event type. */
  | 'ERR_INSTALL_UNKNOWN_EVENT_TYPE'
  /** An endpoint is not an absolute https URL. */
  | 'ERR_INSTALL_ENDPOINT'
  /** A header name or value cannot be sent, or the name is reserved. */
  | 'ERR_INSTALL_HEADER';

/** One thing wrong with a document. */
export interface InstallProblem {
  readonly code: InstallProblemCode;
  /** Path of the member, for example `capabilities.webhooks["x.Y"].endpoint`. */
  readonly member: string;
  /** Member, rule and value in one sentence; never a secret. */
  readonly message: string;
}

const MAX_NAME_CHARACTERS = 128;
const MAX_VALUE_CHARACTERS = 120;

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 3)}...` : text;
}

/** Path of a member inside another. A name that is not a plain word is quoted, and cut to 128 characters. */
export function memberPath(parent: string, name: string | number): string {
  if (typeof name === 'number') return `${parent}[${name}]`;
  // Cut before the test and the quotes too: the name may be as long as the document.
  const start = name.slice(0, MAX_NAME_CHARACTERS + 1);
  const isWord = /^[A-Za-z_]\w*$/.test(start);
  const text = cut(isWord ? start : JSON.stringify(start), MAX_NAME_CHARACTERS);
  if (!isWord) return `${parent}[${text}]`;
  return parent === '' ? text : `${parent}.${text}`;
}

/** A value as a message shows it: on one line, cut to 120 characters. Objects and arrays are shown by their type only. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const start = typeof value === 'string' ? value.slice(0, MAX_VALUE_CHARACTERS + 1) : value;
  return cut(JSON.stringify(start) ?? String(start), MAX_VALUE_CHARACTERS);
}
