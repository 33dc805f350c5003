import type { AbuseMode } from '../../support/abuse/modes.ts';

/** One abuse that senders are measured beside. */
export interface AbuseCase {
  readonly mode: AbuseMode;
  readonly sockets: number;
  readonly reconnecting: boolean;
  /** From the address of the genuine senders rather than from others. */
  readonly ownAddress: boolean;
  readonly tls: boolean;
  readonly seconds: number;
}

export interface CaseOptions {
  readonly quick: boolean;
  /** Length of every abused round; one case of each mode then. */
  readonly seconds?: number | undefined;
  /** Default: all. */
  readonly modes?: readonly string[] | undefined;
}

const plainModes: readonly AbuseMode[] = ['silent', 'half-head', 'slow-body', 'hoard-length', 'hoard-chunks', 'slow-reader'];
const MOST_SOCKETS = 5_000;
const FEW_SECONDS = 3;
const SECONDS = 6;

/** The cases of a run: 64, 500 and 5,000 sockets in every mode, 500 that reconnect, some from the sender's own address, some over TLS. */
export function abuseCases({ quick, seconds, modes }: CaseOptions): readonly AbuseCase[] {
  const base = { ownAddress: false, tls: false, reconnecting: false, seconds: quick ? FEW_SECONDS : SECONDS };
  const chosen = (cases: readonly AbuseCase[]) => cases.filter(({ mode }) => modes === undefined || modes.includes(mode));
  if (seconds !== undefined) return chosen(longCases(seconds));
  if (quick) {
    return chosen([
      ...plainModes.map((mode) => ({ ...base, mode, sockets: 500 })),
      { ...base, mode: 'slow-body', sockets: 500, reconnecting: true },
      { ...base, mode: 'refused', sockets: 500, reconnecting: true },
      { ...base, mode: 'half-client-hello', sockets: 500, tls: true, reconnecting: true },
    ]);
  }
  return chosen([
    ...plainModes.flatMap((mode) => [64, 500, MOST_SOCKETS].map((sockets) => ({ ...base, mode, sockets }))),
    ...[...plainModes, 'refused' as const, 'refused-unfinished' as const, 'garbage' as const].map((mode) => ({
      ...base,
      mode,
      sockets: 500,
      reconnecting: true,
    })),
    { ...base, mode: 'slow-body', sockets: 500, reconnecting: true, ownAddress: true },
    ...(['silent', 'half-client-hello', 'slow-body'] as const).map((mode) => ({
      ...base,
      mode,
      sockets: 500,
      reconnecting: true,
      tls: true,
    })),
  ]);
}

function longCases(seconds: number): readonly AbuseCase[] {
  const base = { sockets: MOST_SOCKETS, reconnecting: true, ownAddress: false, seconds };
  const others = ['refused', 'refused-unfinished', 'garbage'] as const;
  return [...[...plainModes, ...others].map((mode) => ({ ...base, mode, tls: false })), { ...base, mode: 'half-client-hello', tls: true }];
}
