import type { CounterMetric, LimitedLog } from '@switchboard/runtime';
import type { OutcomeCode } from './accept/outcome.ts';

export interface Refusal {
  readonly kind: 'refused' | 'malformed' | 'unavailable' | 'not-found' | 'failed';
  /** Id of the source; `none` where no source is known. */
  readonly source: string;
  /** A configured app; null where the request addresses none. */
  readonly app: string | null;
  readonly code: OutcomeCode;
  /** The key that the credential names. */
  readonly keyId?: string;
  readonly peer: string;
  /** Null where the head of the request could not be read. */
  readonly requestId: string | null;
}

const messages: Readonly<Record<Refusal['kind'], string>> = {
  refused: 'Authentication failed',
  malformed: 'Request malformed',
  unavailable: 'Request rejected, retry later',
  'not-found': 'Request rejected, unknown route',
  failed: 'Request failed',
};

/** Leaves one rate-limited log line and one metric for each request that is not accepted. */
export function createRefusalReports(refusals: CounterMetric, log: LimitedLog): (refusal: Refusal) => void {
  return (refusal) => {
    const { kind, source, app, code } = refusal;
    refusals.inc({ source, app: app ?? 'none', code });
    // A flood at one app must not hide the lines of another.
    log.warn(code, () => fieldsOf(refusal), messages[kind], `${source}/${app ?? ''}`);
  };
}

function fieldsOf({ kind: _kind, source, app, code: _code, ...others }: Refusal): object {
  return { source, app, ...others };
}
