/** Closed list of why a change of an app install is refused, or was not written. */
export type WriteCode =
  /** The conditions of the change are malformed. */
  | 'ERR_ADMIN_BAD_REQUEST'
  /** The document would remove by mistake what responses do not show. */
  | 'ERR_ADMIN_INVALID_DOCUMENT'
  /** The caller is not allowed to make this change. */
  | 'ERR_ADMIN_FORBIDDEN'
  /** The install does not exist, or not for this caller. */
  | 'ERR_ADMIN_NOT_FOUND'
  /** The id belongs to an install that the caller cannot see. */
  | 'ERR_ADMIN_ID_TAKEN'
  /** The install exists, and the change does not say which version it is based on. */
  | 'ERR_ADMIN_VERSION_REQUIRED'
  /** The change is based on another version. */
  | 'ERR_ADMIN_VERSION_MISMATCH'
  /** Kafka did not take the change. */
  | 'ERR_ADMIN_UNAVAILABLE'
  /** The commit was not confirmed: the change may be written. */
  | 'ERR_ADMIN_OUTCOME_UNKNOWN';

export interface WriteProblem {
  readonly code: WriteCode;
  readonly detail: string;
}
