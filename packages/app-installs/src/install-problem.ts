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
