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
