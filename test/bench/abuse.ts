import { abuseModes } from '../support/abuse/modes.ts';
import { abuseCases } from './abuse/cases.ts';
import { runFairBytes, runFairRates } from './abuse/fair-shares.ts';
import { type AbuseResults, aims, judge } from './abuse/judge.ts';
import { type ForgedTokensResult, floodForgedTokens, floodUnknownKids, useKeyFirst } from './abuse/key-floods.ts';
import { medianOfThree } from './abuse/median-of-three.ts';
import { type AbuseRig, startRig } from './abuse/rig.ts';
import { runRound } from './abuse/round.ts';
import { nameOf, runCases } from './abuse/run-cases.ts';
import { rowsOfResults, tableOfCases, tableOfFloods } from './abuse/tables.ts';
import type { Bench, BenchResult } from './support/bench.ts';
import { mebibytes } from './support/table.ts';

/** Parts that are not modes of sockets. */
const otherParts = ['forged-tokens', 'first-use', 'unknown-kids', 'fair-shares'] as const;

/**
 * Senders of every source beside abusers that never authenticate: what is accepted, and how late. A missed aim starts no second
 * run with a profile, because a run takes ten minutes; `--profile` does. Exits with code 1 where a genuine request was not accepted,
 * the ingress did not release what a request occupied, or it fetched key sets more often than once in 20 s.
 */
export const abuseBench: Bench = {
  name: 'abuse',
  title: 'Abuse: senders beside abusers without a credential',
  profiled: 'ingress',
  async run(options) {
    const { quick, seconds, modes } = options;
    const known: readonly string[] = [...abuseModes, ...otherParts];
    const unknown = (modes ?? []).filter((mode) => !known.includes(mode));
    if (unknown.length > 0) throw new RangeError(`--modes: ${unknown.join(', ')} must be among ${known.join(', ')}`);
    const rig = await startRig(options);
    try {
      // Compiled code and grown heaps are not what the first abuse costs.
      await runRound(rig, { durationMs: quick ? 3_000 : 6_000 });
      const runs = (part: (typeof otherParts)[number]) => modes?.includes(part) ?? seconds === undefined;
      const shareSeconds = quick ? 3 : 10;
      return resultOf({
        cases: await runCases(rig, abuseCases(options), { quietSeconds: quick ? 2 : 5, repeatAbove: aims.ratio }),
        forged: runs('forged-tokens') ? await measureForgedTokens(rig, seconds ?? (quick ? 3 : 8)) : undefined,
        firstUse: runs('first-use') ? await useKeyFirst(rig) : undefined,
        kids: runs('unknown-kids') ? await floodUnknownKids(rig) : undefined,
        rates: runs('fair-shares') ? await runFairRates(rig, shareSeconds) : undefined,
        bytes: runs('fair-shares') ? await runFairBytes(rig, shareSeconds) : undefined,
      });
    } finally {
      await rig.stop();
    }
  },
};

/** Three times where the p99 is missed, as for the other cases. */
async function measureForgedTokens(rig: AbuseRig, seconds: number): Promise<ForgedTokensResult> {
  const first = await floodForgedTokens(rig, seconds);
  return first.abused.p99Ms <= aims.ratio * first.quiet.p99Ms ? first : await medianOfThree(first, () => floodForgedTokens(rig, seconds));
}

function resultOf(results: AbuseResults): BenchResult {
  const { cases, forged } = results;
  const { failed, missed } = judge(results);
  if (failed.length > 0) process.exitCode = 1;
  return {
    tables: [...(cases.length === 0 ? [] : [tableOfCases(cases)]), ...[tableOfFloods(results)].filter(({ rows }) => rows.length > 0)],
    notes: [
      `Aims beside every abuse: 100 % accepted, p99 within ${aims.ratio} × the p99 of all quiet rounds of the same ingress process, at most ${mebibytes(aims.addedBytes)} more memory than in the first quiet round of the same process, p99 of the event-loop delay below ${aims.loopDelaySeconds * 1_000} ms. After each abuse no request counts as in flight. A case that misses the p99 is measured three times; its figures are those of the round with the middle p99, and all requests of the three count.`,
      `Senders of all five sources, 100 requests a second together, half on kept connections and half on new ones; times are from the connect. Abusers connect from 127.0.0.2 to 127.0.0.4, at most 500 times a second, those with forged tokens 2,000 times; “own address” is 127.0.0.1, where the senders are. “p99 after” is of the round in which the ingress recovers.`,
      `Aims of the floods: a new key is accepted within ${aims.keySeconds} s of its publication, and within ${aims.firstUseSeconds} s of its first use if no fetch ran in the last 20 s; no token of it gets 401; one fetch in 20 s at most; at least ${aims.forgedShare * 100} % of the forged tokens are sent. Aim of the limits of apps: app b's p99 within ${aims.fairRatio} × while app a sends ten times its limit, or hoards bodies.`,
      ...failed.map((text) => `Failed: ${text}.`),
      ...missed.map((text) => `Missed: ${text}.`),
      ...cases.flatMap(({ abuse, others }) => (others.length === 0 ? [] : [`Not accepted beside ${nameOf(abuse)}: ${others.join(', ')}.`])),
      ...(forged === undefined || forged.others.length === 0 ? [] : [`Not accepted beside forged tokens: ${forged.others.join(', ')}.`]),
    ],
    rows: rowsOfResults(results),
  };
}
