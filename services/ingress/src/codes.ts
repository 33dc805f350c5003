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

/** What stands in the log of the ingress and is the outcome of no request. */
export type IngressLogCode =
  /** A sender keeps to a protocol form that it was told to leave; the operator looks into the app's registration. */
  | 'ERR_INGRESS_LOOP'
  /** A key set cannot be fetched; the last good one serves while it is young enough. */
  | 'ERR_INGRESS_KEY_SET'
  /** A key set holds keys that are not used, for example because they are too weak. */
  | 'ERR_INGRESS_KEY'
  /** SOURCES_FILE breaks its rules; the last good content stays in force. */
  | 'ERR_SOURCES_INVALID'
  /** SOURCES_FILE cannot be read; the last good content stays in force. */
  | 'ERR_SOURCES_UNREADABLE'
  /** The look at SOURCES_FILE failed in another way: a bug. */
  | 'ERR_SOURCES_FAILED';
