import { createHash } from 'node:crypto';
import { type AppInstall, type AuditRecord, type Codec, topics } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import type { InstallChange } from '../access/access.ts';

/** Closed list of the changes of an install that are recorded. */
export type InstallAction =
  | `install.${InstallChange}`
  | 'install.reseal'
  /** By delivery, after a 410. */
  | 'install.disable-webhook';

/** Who asks for a change, and which one: what the audit record of the change says in addition to the states. */
export interface ChangeRequest {
  /** Id of the HTTP request, or an id of the caller's own for a change without one. */
  readonly requestId: string;
  readonly actor: string;
  /** Null for a service. */
  readonly role: string | null;
  readonly action: InstallAction;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const RECORD_NAME = 'switchboard.audit.v1.AuditRecord';

/** The record of a change of an install that is done, to be written in one transaction with the install. */
export function auditOfChange(
  installId: string,
  request: ChangeRequest,
  before: AppInstall | undefined,
  after: AppInstall | null,
): AuditRecord {
  return {
    ...request,
    targetKind: 'install',
    targetId: installId,
    tenants: tenantsOf(before, after ?? undefined),
    hashBefore: before === undefined ? null : stateHash(before),
    hashAfter: after === null ? null : stateHash(after),
    outcome: 'done',
    code: null,
  };
}

/** An audit record as written to its topic. */
export function auditOutRecord(codec: Pick<Codec, 'encode'>, record: AuditRecord): OutRecord {
  const key = Buffer.from(`${record.targetKind}/${record.targetId}`, 'utf8');
  return { topic: topics.audit.name, key, value: codec.encode(RECORD_NAME, record) };
}

/** Reads an audit record. Its schema must be loaded: see `Codec.ensure`. */
export function readAuditRecord(codec: Pick<Codec, 'decode'>, value: Buffer): AuditRecord {
  return codec.decode(RECORD_NAME, value);
}

/**
 * SHA-256, hexadecimal, of an install. Left out are signing secrets (their ids and ends are in), values of headers, queries of
 * endpoints and the document, which repeats both: a hash of a short secret could be searched for. An install has the same hash
 * before and after its secrets are sealed.
 */
export function stateHash({ sealed, document, signingSecrets, webhooks, ...state }: AppInstall): string {
  const shown = {
    ...state,
    signingSecrets: signingSecrets.map(({ id, notAfter }) => ({ id, notAfter })),
    webhooks: Object.fromEntries(
      Object.entries(webhooks).map(([type, { endpoint, headers, ...webhook }]) => [
        type,
        { ...webhook, endpoint: endpoint.replace(/\?.*$/s, ''), headers: headers.map(({ name }) => name) },
      ]),
    ),
  };
  return createHash('sha256').update(JSON.stringify(shown, sorted)).digest('hex');
}

/** Avro maps have no order. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Tenants of both states, so that a token sees the record only if it may see both; null if either has no filter of tenants. */
function tenantsOf(...states: readonly (AppInstall | undefined)[]): string[] | null {
  const tenants = new Set<string>();
  for (const state of states) {
    if (state === undefined) continue;
    if (!state.filter?.tenants) return null;
    for (const tenant of state.filter.tenants) tenants.add(tenant);
  }
  return [...tenants];
}
