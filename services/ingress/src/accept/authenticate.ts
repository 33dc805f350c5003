import type { Codec } from '@switchboard/contracts';
import type { Appender } from '@switchboard/event-log';
import type { AuthenticateOutcome, InboundHead, KeySets, Source, TokenPrincipal } from '@switchboard/source-kit';
import type { IngressMetrics } from '../ingress-metrics.ts';
import type { SourcesConfig } from '../sources-file/sources-config.ts';
import { withinDeadline } from './deadline.ts';
import { type Candidate, identify } from './identify.ts';
import type { Outcome } from './outcome.ts';

export interface AuthenticateOptions {
  readonly config: () => SourcesConfig | undefined;
  readonly codec: () => Codec | undefined;
  readonly appender: () => Appender | undefined;
  readonly keySets: KeySets;
  readonly metrics: Pick<IngressMetrics, 'verifySeconds'>;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  /** How long a request may wait for verification and acknowledgement together; reading the body does not count. */
  readonly deadlineMs: number;
}

/** A request whose head passed, with all that the rest of its way needs: the configuration may change in between. */
export interface Authentication {
  readonly app: string;
  readonly candidates: readonly [Candidate, ...Candidate[]];
  /** Null where only the body can show who sent it. */
  readonly principal: TokenPrincipal | null;
  readonly config: SourcesConfig;
  readonly codec: Codec;
  readonly appender: Appender;
  /** What authentication left of the deadline, milliseconds. */
  readonly remainingMs: number;
}

/** The end of a request, and whom it counts for. */
export interface Ended {
  /** Id of the source; `none` where no source is known. */
  readonly source: string;
  /** Null where the request addresses no app of the configuration. */
  readonly app: string | null;
  readonly outcome: Outcome;
  /** The key that the credential names, where it names one. */
  readonly keyId?: string;
}

export type Authenticated = { readonly ok: true; readonly authentication: Authentication } | { readonly ok: false; readonly ended: Ended };

/**
 * Finds the app that a request addresses and authenticates its sender, before a byte of the body is read. The outcome is a
 * promise only where the source has to wait.
 */
export type Authenticate = (sources: readonly Source[], head: InboundHead) => Authenticated | Promise<Authenticated>;

export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const { keySets, metrics, monotonic, deadlineMs } = options;

  return (sources, head) => {
    const label = sources[0]?.id ?? 'none';
    const config = options.config();
    const codec = options.codec();
    const appender = options.appender();
    if (config === undefined || codec === undefined || appender === undefined) {
      return end({ source: label, app: null, outcome: { kind: 'unavailable', code: 'ERR_INGRESS_NOT_READY' } });
    }
    const identified = identify(sources, head, config);
    if (identified === undefined) return end({ source: label, app: null, outcome: { kind: 'refused', code: 'ERR_INGRESS_APP' } });
    const { app, candidates } = identified;
    const [{ source, entry }] = candidates;

    const startedAt = monotonic();
    const concluded = (outcome: AuthenticateOutcome | typeof late): Authenticated => {
      const tookMs = monotonic() - startedAt;
      metrics.verifySeconds.observe(tookMs / 1_000, { source: source.id });
      if (outcome.kind === 'refused' || outcome.kind === 'unavailable') {
        const { kind, code } = outcome;
        const keyId = 'keyId' in outcome && outcome.keyId !== undefined ? { keyId: outcome.keyId } : {};
        return end({ source: source.id, app, outcome: { kind, code }, ...keyId });
      }
      const principal = outcome.kind === 'authenticated' ? outcome.principal : null;
      return { ok: true, authentication: { app, candidates, principal, config, codec, appender, remainingMs: deadlineMs - tookMs } };
    };
    const authenticating = source.authenticate(head, { app, entry, keySets, now: head.receivedAt });
    if (!(authenticating instanceof Promise)) return concluded(authenticating);
    return withinDeadline(authenticating, deadlineMs, late).then(concluded);
  };
}

const late = { kind: 'unavailable', code: 'ERR_INGRESS_VERIFY_LATE' } as const;

function end(ended: Ended): Authenticated {
  return { ok: false, ended };
}
