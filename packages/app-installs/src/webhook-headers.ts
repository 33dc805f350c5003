import type { ObjectReader } from './object-reader.ts';

export interface HeaderDocument {
  readonly name: string;
  readonly value: string;
}

const MAX_HEADERS = 20;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const fieldValue = /^[\x20-\x7e]{0,2048}$/;

/** Prefixes of header names that attempts set. */
const reservedPrefixes = ['webhook-', 'ce-', 'sb-', 'content-', 'proxy-', 'sec-', ':'];
/** Header names that attempts or the connection set. */
const reservedNames = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'date',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
]);

/** True for a header name that an install is not allowed to set. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return reservedNames.has(lower) || reservedPrefixes.some((prefix) => lower.startsWith(prefix));
}

/** Reads `headers: [{ header_name, header_value }]` of a webhook. Values may be secret: no message shows one. */
export function readWebhookHeaders(webhook: ObjectReader): readonly HeaderDocument[] {
  const seen = new Set<string>();
  const headers: HeaderDocument[] = [];
  for (const item of webhook.objects('headers', { maxItems: MAX_HEADERS })) {
    item.only(['header_name', 'header_value']);
    item.require('header_name', 'the name of the header');
    item.require('header_value', 'the value of the header');
    const name = item.string('header_name');
    const value = item.value('header_value');
    if (name !== undefined && !token.test(name)) {
      item.problem('ERR_INSTALL_HEADER', 'header_name', 'must be an HTTP header name');
    } else if (name !== undefined && isReservedHeader(name)) {
      item.problem('ERR_INSTALL_HEADER', 'header_name', `must not be ${JSON.stringify(name)}: the name is reserved`);
    } else if (name !== undefined && seen.has(name.toLowerCase())) {
      item.problem('ERR_INSTALL_HEADER', 'header_name', `names ${JSON.stringify(name)} a second time`);
    }
    if (value !== undefined && (typeof value !== 'string' || !fieldValue.test(value))) {
      item.problem('ERR_INSTALL_HEADER', 'header_value', 'must be a string of up to 2048 printable ASCII characters');
    } else if (name !== undefined && value !== undefined) {
      seen.add(name.toLowerCase());
      headers.push({ name, value });
    }
  }
  return headers;
}
