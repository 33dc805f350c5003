/** What the ingress itself refuses with; sources and event log have their own codes. Closed, for logs and metric labels. */
export type IngressCode =
  /** The request line, the framing or a header breaks the rules. */
  | 'ERR_INGRESS_HTTP'
  /** More than 64 headers, or more than 16 kB of them. */
  | 'ERR_INGRESS_HEADERS_TOO_LARGE'
  /** A content encoding other than identity. */
  | 'ERR_INGRESS_ENCODING'
  /** The body is larger than the cap. */
  | 'ERR_INGRESS_BODY_TOO_LARGE'
  /** The sender disconnected before its request was complete. */
  | 'ERR_INGRESS_ABORTED'
  /** The request did not arrive in time. */
  | 'ERR_INGRESS_TIMEOUT'
  /** The body of a request that is not authenticated yet arrived below the minimum rate. */
  | 'ERR_INGRESS_BODY_TOO_SLOW'
  /** No source has this route. */
  | 'ERR_INGRESS_ROUTE'
  /** Too many authenticated requests or bytes are in flight. */
  | 'ERR_INGRESS_OVERLOADED'
  /** The app is beyond its own limits of requests a second or bytes in flight. */
  | 'ERR_INGRESS_APP_LIMIT'
  /** An unauthenticated request that was evicted for a newer one when their budget was used up, or whose body got no room in time. */
  | 'ERR_INGRESS_EVICTED'
  /** The peer's unauthenticated requests hold as many body bytes as one peer may. */
  | 'ERR_INGRESS_PEER_LIMIT'
  /** Kafka or the schema registry is not connected yet. */
  | 'ERR_INGRESS_NOT_READY'
  /** Verification did not end before the deadline. */
  | 'ERR_INGRESS_VERIFY_LATE'
  /** The request names no configured app. The response is that of any failed authentication. */
  | 'ERR_INGRESS_APP'
  /** An authenticated body has the form of no source of the route. */
  | 'ERR_INGRESS_FORM'
  /** A bug: an unexpected exception. */
  | 'ERR_INGRESS_INTERNAL';

/** Codes of log lines that are not about the outcome of a sender's request. */
export type IngressLogCode =
  /** A request of the admin route without its token. */
  | 'ERR_INGRESS_ADMIN_TOKEN'
  /** A peer that sent more than 10 of these within a minute; it gets 429 until the minute is over. */
  | 'ERR_INGRESS_ADMIN_GUESSES'
  /** A sender keeps to a protocol form that it was told to leave; look at the app's registration. */
  | 'ERR_INGRESS_LOOP'
  /** A key set cannot be fetched; the last good one serves while it is young enough. */
  | 'ERR_INGRESS_KEY_SET'
  /** A key set holds keys that are not used, for example because they are too weak. */
  | 'ERR_INGRESS_KEY'
  /** TLS_CERT_FILE and TLS_KEY_FILE cannot be read, or do not fit each other; the previous certificate stays in use. */
  | 'ERR_INGRESS_TLS_FILES'
  /** SOURCES_FILE breaks its rules; the last valid content stays in use. */
  | 'ERR_SOURCES_INVALID'
  /** SOURCES_FILE cannot be read; the last valid content stays in use. */
  | 'ERR_SOURCES_UNREADABLE'
  /** Reloading SOURCES_FILE failed unexpectedly: a bug. */
  | 'ERR_SOURCES_FAILED';
