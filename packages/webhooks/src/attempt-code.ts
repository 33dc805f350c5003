import { errors } from 'undici';

/** Closed list of why an attempt did not deliver. */
export type AttemptCode =
  /** The response has another status than 200 or 201. */
  | 'ERR_ATTEMPT_STATUS'
  /** No status line within the budget. */
  | 'ERR_ATTEMPT_TIMEOUT'
  /** The name does not resolve. */
  | 'ERR_ATTEMPT_DNS'
  /** No connection: refused, unreachable. */
  | 'ERR_ATTEMPT_CONNECT'
  /** The connection ended before the response. */
  | 'ERR_ATTEMPT_CONNECTION_LOST'
  /** The certificate has expired or is not valid yet. */
  | 'ERR_ATTEMPT_TLS_EXPIRED'
  /** The certificate is for another host. */
  | 'ERR_ATTEMPT_TLS_NAME'
  /** No trusted authority issued the certificate. */
  | 'ERR_ATTEMPT_TLS_UNTRUSTED'
  /** The handshake failed otherwise. */
  | 'ERR_ATTEMPT_TLS'
  /** The response is not HTTP/1.1, or its headers are too large. */
  | 'ERR_ATTEMPT_MALFORMED_ANSWER'
  /** The address is not allowed; no byte was sent. */
  | 'ERR_ATTEMPT_ADDRESS_REFUSED'
  /** Something else; the log has the cause. */
  | 'ERR_ATTEMPT_OTHER';

/** An error of our own on the way to an endpoint. */
export class AttemptError extends Error {
  override readonly name = 'AttemptError';
  readonly code: AttemptCode;

  constructor(code: AttemptCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const codes: Readonly<Record<string, AttemptCode>> = {
  ENOTFOUND: 'ERR_ATTEMPT_DNS',
  EAI_AGAIN: 'ERR_ATTEMPT_DNS',
  ENODATA: 'ERR_ATTEMPT_DNS',
  ESERVFAIL: 'ERR_ATTEMPT_DNS',
  ETIMEOUT: 'ERR_ATTEMPT_DNS',
  EREFUSED: 'ERR_ATTEMPT_DNS',
  EBADNAME: 'ERR_ATTEMPT_DNS',
  EBADRESP: 'ERR_ATTEMPT_DNS',
  ECONNREFUSED: 'ERR_ATTEMPT_CONNECT',
  EHOSTUNREACH: 'ERR_ATTEMPT_CONNECT',
  ENETUNREACH: 'ERR_ATTEMPT_CONNECT',
  EADDRNOTAVAIL: 'ERR_ATTEMPT_CONNECT',
  ETIMEDOUT: 'ERR_ATTEMPT_TIMEOUT',
  UND_ERR_CONNECT_TIMEOUT: 'ERR_ATTEMPT_TIMEOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ERR_ATTEMPT_TIMEOUT',
  ECONNRESET: 'ERR_ATTEMPT_CONNECTION_LOST',
  EPIPE: 'ERR_ATTEMPT_CONNECTION_LOST',
  UND_ERR_SOCKET: 'ERR_ATTEMPT_CONNECTION_LOST',
  CERT_HAS_EXPIRED: 'ERR_ATTEMPT_TLS_EXPIRED',
  CERT_NOT_YET_VALID: 'ERR_ATTEMPT_TLS_EXPIRED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'ERR_ATTEMPT_TLS_NAME',
  HOSTNAME_MISMATCH: 'ERR_ATTEMPT_TLS_NAME',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  SELF_SIGNED_CERT_IN_CHAIN: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  CERT_UNTRUSTED: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  CERT_REVOKED: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  INVALID_CA: 'ERR_ATTEMPT_TLS_UNTRUSTED',
  EPROTO: 'ERR_ATTEMPT_TLS',
  UND_ERR_HEADERS_OVERFLOW: 'ERR_ATTEMPT_MALFORMED_ANSWER',
};

/** The code of an error thrown on the way to an endpoint. */
export function attemptCodeOf(error: unknown): AttemptCode {
  if (error instanceof AttemptError) return error.code;
  if (error instanceof errors.HTTPParserError) return 'ERR_ATTEMPT_MALFORMED_ANSWER';
  // Several addresses were tried: the first failure is reported.
  if (error instanceof AggregateError && error.errors.length > 0) return attemptCodeOf(error.errors[0]);
  if (!(error instanceof Error)) return 'ERR_ATTEMPT_OTHER';
  const { code, cause } = error as Error & { code?: unknown };
  if (typeof code === 'string') {
    const known = codes[code];
    if (known !== undefined) return known;
    if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'ERR_ATTEMPT_TLS';
  }
  return cause instanceof Error ? attemptCodeOf(cause) : 'ERR_ATTEMPT_OTHER';
}
