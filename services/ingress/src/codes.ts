/** What the ingress itself finds wrong; sources and log bring their own codes. Closed, for logs and metric labels. */
export type IngressCode =
  /** The request line, the framing or a header breaks the rules. */
  | 'ERR_INGRESS_HTTP'
  /** More than 64 headers, or more than 16 kB of them. */
  | 'ERR_INGRESS_HEADERS_TOO_LARGE'
  /** A content encoding other than identity. */
  | 'ERR_INGRESS_ENCODING'
  /** The body is larger than the cap. */
  | 'ERR_INGRESS_BODY_TOO_LARGE'
  /** The sender went away before its request was complete. */
  | 'ERR_INGRESS_ABORTED'
  /** The request did not arrive in time. */
  | 'ERR_INGRESS_TIMEOUT'
  /** No source has this route. */
  | 'ERR_INGRESS_ROUTE'
  /** Too many requests or bytes are in flight. */
  | 'ERR_INGRESS_OVERLOADED'
  /** Codec or log are not connected yet. */
  | 'ERR_INGRESS_NOT_READY'
  /** Verification did not end before the deadline. */
  | 'ERR_INGRESS_VERIFY_LATE'
  /** No app of that name, or none that the request points to. Answered as any failed authentication. */
  | 'ERR_INGRESS_APP'
  /** A verified body has the form of no source of the route. */
  | 'ERR_INGRESS_FORM'
  /** A bug: an exception where none is promised. */
  | 'ERR_INGRESS_INTERNAL';
