import type { FairBytesResult, FairRatesResult } from './fair-shares.ts';
import { COOLDOWN_MS, type FirstUseResult, FORGED_PER_SECOND, type ForgedTokensResult, type UnknownKidsResult } from './key-floods.ts';
import type { RoundFigures } from './round.ts';
import { type CaseResult, nameOf } from './run-cases.ts';

export interface AbuseResults {
  readonly cases: readonly CaseResult[];
  readonly firstUse: FirstUseResult | undefined;
  readonly forged: ForgedTokensResult | undefined;
  readonly kids: UnknownKidsResult | undefined;
  readonly rates: FairRatesResult | undefined;
  readonly bytes: FairBytesResult | undefined;
}

/** What a run did not reach, as `500 silent: ratio 2.3`. */
export interface Verdict {
  /** Promises that hold on any machine: all accepted, all resources released. The run fails. */
  readonly failed: readonly string[];
  /** Aims that a busy machine can miss as well. */
  readonly missed: readonly string[];
}

export const aims = {
  ratio: 2,
  fairRatio: 1.5,
  addedBytes: 100 * 1_048_576,
  loopDelaySeconds: 0.1,
  keySeconds: 21,
  firstUseSeconds: 1,
  /** Of the forged tokens a second that the flood is meant to send. */
  forgedShare: 0.9,
} as const;

const MIB = 1_048_576;
/** What the app beside the hoard may have in flight when that is measured. */
const OTHER_BYTES = 65_536;

export function judge({ cases, firstUse, forged, kids, rates, bytes }: AbuseResults): Verdict {
  const failed: string[] = [];
  const missed: string[] = [];
  const judgeRounds = (name: string, limit: number, quiet: RoundFigures, abused: RoundFigures, after?: RoundFigures): void => {
    for (const { sent, accepted } of [abused, ...(after === undefined ? [] : [after])])
      if (accepted < sent) failed.push(`${name}: ${accepted} of ${sent} accepted`);
    const ratio = abused.p99Ms / quiet.p99Ms;
    if (!(ratio <= limit)) missed.push(`${name}: ratio ${ratio.toFixed(1)}`);
  };
  for (const { abuse, quiet, abused, after, quietBytes, abusedBytes, loopDelayP99, left } of cases) {
    const name = nameOf(abuse);
    judgeRounds(name, aims.ratio, quiet, abused, after);
    if (left.length > 0) failed.push(`${name}: not released within 20 s: ${left.join(', ')}`);
    const added = abusedBytes - quietBytes;
    if (added > aims.addedBytes) missed.push(`${name}: memory + ${Math.round(added / MIB)} MiB`);
    if (!(loopDelayP99 < aims.loopDelaySeconds)) missed.push(`${name}: event loop p99 ${Math.round(loopDelayP99 * 1_000)} ms`);
  }
  if (forged !== undefined) {
    judgeRounds('forged tokens', aims.ratio, forged.quiet, forged.abused, forged.after);
    // A weaker flood does not show that senders are served beside the whole one.
    if (!(forged.forgedPerSecond >= aims.forgedShare * FORGED_PER_SECOND))
      missed.push(`forged tokens: ${Math.round(forged.forgedPerSecond)} of ${FORGED_PER_SECOND} a second`);
  }
  if (kids !== undefined) {
    const allowed = Math.floor((kids.windowSeconds * 1_000) / COOLDOWN_MS) + 1;
    if (!(kids.fetches <= allowed))
      failed.push(`unknown key ids: ${kids.fetches} fetches in ${kids.windowSeconds.toFixed(1)} s, ${allowed} allowed`);
  }
  for (const [name, limitSeconds, seconds, refusals] of [
    ['first use of a new key', aims.firstUseSeconds, firstUse?.acceptedSeconds, firstUse?.refusals],
    ['a new key among unknown ones', aims.keySeconds, kids?.publishedToAcceptedSeconds, kids?.refusals],
  ] as const) {
    if (seconds === undefined) continue;
    if (Number.isNaN(seconds)) failed.push(`${name}: not accepted within 60 s`);
    else if (seconds > limitSeconds) missed.push(`${name}: accepted after ${seconds.toFixed(1)} s`);
    if (refusals?.[401] !== undefined) failed.push(`${name}: ${refusals[401]} × 401`);
  }
  if (rates !== undefined) judgeRounds('app b beside the requests of app a', aims.fairRatio, rates.quiet, rates.crowded);
  if (bytes !== undefined) {
    judgeRounds('app b beside the bodies of app a', aims.fairRatio, bytes.quiet, bytes.crowded);
    if (bytes.hoardedBytes > bytes.limitBytes + OTHER_BYTES)
      failed.push(`app a has ${bytes.hoardedBytes} body bytes in flight, its limit is ${bytes.limitBytes}`);
    // Without a hoard the round shows no limit.
    if (!(bytes.hoardedBytes > bytes.limitBytes / 2)) missed.push(`app a hoards only ${bytes.hoardedBytes} bytes of ${bytes.limitBytes}`);
  }
  return { failed, missed };
}
