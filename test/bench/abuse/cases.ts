import type { AbuseMode } from '../../support/abuse/modes.ts';

/** One abuse that senders are measured beside. */
export interface AbuseCase {
  readonly mode: AbuseMode;
  readonly sockets: number;
  readonly reconnecting: boolean;
  /** From the address of the genuine senders rather than from others. */
  readonly ownAddress: boolean;
  readonly tls: boolean;
  /** MAX_CONNECTIONS_PER_PEER of the ingress; 0 is no cap. */
  readonly maxPerPeer: number;
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
const pipelinedModes: readonly AbuseMode[] = ['pipelined', 'pipelined-forged'];
const MOST_SOCKETS = 5_000;
/** More than the connections that the senders open at once. */
const MAX_PER_PEER = 100;
const FEW_SECONDS = 3;
const SECONDS = 10;

/**
 * The cases of a run: 64, 500 and 5,000 sockets in every mode, 500 that reconnect, some pipelined, from the sender's own
 * address, with a cap per peer, and over TLS.
 */
export function abuseCases({ quick, seconds, modes }: CaseOptions): readonly AbuseCase[] {
  const base = { ownAddress: false, tls: false, reconnecting: false, maxPerPeer: 0, seconds: quick ? FEW_SECONDS : SECONDS };
  const chosen = (cases: readonly AbuseCase[]) => cases.filter(({ mode }) => modes === undefined || modes.includes(mode));
  if (seconds !== undefined) return chosen(longCases(seconds));
  if (quick) {
    return chosen([
      ...plainModes.map((mode) => ({ ...base, mode, sockets: 500 })),
      { ...base, mode: 'slow-body', sockets: 500, reconnecting: true },
      { ...base, mode: 'refused', sockets: 500, reconnecting: true },
      ...pipelinedModes.map((mode) => ({ ...base, mode, sockets: 64 })),
      { ...base, mode: 'slow-body', sockets: 500, reconnecting: true, maxPerPeer: MAX_PER_PEER },
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
    ...pipelinedModes.flatMap((mode) => [
      { ...base, mode, sockets: 64 },
      { ...base, mode, sockets: 500 },
      { ...base, mode, sockets: 64, reconnecting: true },
    ]),
    { ...base, mode: 'slow-body', sockets: 500, reconnecting: true, ownAddress: true },
    { ...base, mode: 'slow-body', sockets: 500, reconnecting: true, maxPerPeer: MAX_PER_PEER },
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
  const base = { sockets: MOST_SOCKETS, reconnecting: true, ownAddress: false, maxPerPeer: 0, tls: false, seconds };
  const others = ['refused', 'refused-unfinished', 'garbage'] as const;
  return [
    ...[...plainModes, ...others].map((mode) => ({ ...base, mode })),
    ...pipelinedModes.map((mode) => ({ ...base, mode, sockets: 64 })),
    { ...base, mode: 'half-client-hello', tls: true },
  ];
}
