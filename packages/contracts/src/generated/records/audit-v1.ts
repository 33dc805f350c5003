// Generated from schemas/*.avsc by `npm run generate`. Do not edit.

/** One change that was asked for through the admin API, and what became of it. */
export interface AuditRecord {
  /** When the request was decided. */
  readonly at: number;
  /** Id of the HTTP request, as its log lines and its response have it. */
  readonly requestId: string;
  /** Who asked: name of the token, or issuer and subject of an OIDC token. */
  readonly actor: string;
  /** Role that the actor had. */
  readonly role: null | string;
  /** What was asked for: a closed name such as install.write. */
  readonly action: string;
  /** Kind of what was to be changed, for example install or replay. */
  readonly targetKind: string;
  /** Its id. */
  readonly targetId: string;
  /** Tenants that the target belongs to: who of confined tokens may see the record. Null where it belongs to none in particular. */
  readonly tenants: null | readonly string[];
  /** SHA-256, hexadecimal, of its state before, secrets left out; null where there was none. */
  readonly hashBefore: null | string;
  /** SHA-256, hexadecimal, of its state after, secrets left out; null where there is none. */
  readonly hashAfter: null | string;
  /** done, refused or failed. */
  readonly outcome: string;
  /** Why it was refused or failed: a closed code. */
  readonly code: null | string;
}

/** AuditRecord as written. */
export type AuditRecordInput = Omit<AuditRecord, 'role' | 'tenants' | 'hashBefore' | 'hashAfter' | 'code'> & Partial<Pick<AuditRecord, 'role' | 'tenants' | 'hashBefore' | 'hashAfter' | 'code'>>;
