import { abuseModes } from '../support/abuse/modes.ts';
import { abuseCases } from './abuse/cases.ts';
import { type FairSharesResult, runFairShares } from './abuse/fair-shares.ts';
import { type ForgedTokensResult, floodForgedTokens, floodUnknownKids, type UnknownKidsResult } from './abuse/key-floods.ts';
import { startRig } from './abuse/rig.ts';
import type { RoundFigures } from './abuse/round.ts';
import { runRound } from './abuse/round.ts';
import { type CaseResult, runCases } from './abuse/run-cases.ts';
import type { Bench, BenchResult, Row } from './support/bench.ts';
import { mebibytes, milliseconds, percent, type Table, whole } from './support/table.ts';

const AIM_RATIO = 2;
const AIM_FAIR_RATIO = 1.5;
const AIM_ADDED_BYTES = 100 * 1_048_576;
const AIM_KEY_SECONDS = 21;

/** Parts that are not modes of sockets. */
const otherParts = ['forged-tokens', 'unknown-kids', 'fair-shares'] as const;

/**
 * Senders of every source beside abusers that never authenticate: what is accepted, and how late. A missed aim starts no second
 * run with a profile, because a run takes ten minutes; `--profile` does.
 */
export const abuseBench: Bench = {
  name: 'abuse',
  title: 'Abuse: senders beside abusers without a credential',
  profiled: 'ingress',
  async run(options) {
    const unknown = (options.modes ?? []).filter((mode) => ![...abuseModes, ...otherParts].some((known) => known === mode));
    if (unknown.length > 0)
      throw new RangeError(`--modes: ${unknown.join(', ')} must be among ${[...abuseModes, ...otherParts].join(', ')}`);
    const rig = await startRig(options);
    try {
      // Compiled code and grown heaps are not what the first abuse costs.
      await runRound(rig, { durationMs: options.quick ? 3_000 : 6_000 });
      const runs = (part: (typeof otherParts)[number]) => options.modes?.includes(part) ?? options.seconds === undefined;
      const floodSeconds = options.seconds ?? (options.quick ? 3 : 8);
      const cases = await runCases(rig, abuseCases(options), options.quick ? 2 : 4);
      const forged = runs('forged-tokens') ? await floodForgedTokens(rig, floodSeconds) : undefined;
      const kids = runs('unknown-kids') ? await floodUnknownKids(rig) : undefined;
      const shares = runs('fair-shares') ? await runFairShares(rig, options.quick ? 3 : 8) : undefined;
      return resultOf({ cases, forged, kids, shares });
    } finally {
      await rig.stop();
    }
  },
};

interface Parts {
  readonly cases: readonly CaseResult[];
  readonly forged: ForgedTokensResult | undefined;
  readonly kids: UnknownKidsResult | undefined;
  readonly shares: FairSharesResult | undefined;
}

function resultOf({ cases, forged, kids, shares }: Parts): BenchResult {
  const caseRows = cases.map(rowOfCase);
  const floodRows: Row[] = [
    ...(forged === undefined ? [] : [rowOfForged(forged)]),
    ...(kids === undefined ? [] : [rowOfKids(kids)]),
    ...(shares === undefined ? [] : [rowOfShares(shares)]),
  ];
  return {
    tables: [
      ...(cases.length === 0 ? [] : [tableOfCases(cases)]),
      ...(floodRows.length === 0 ? [] : [tableOfFloods({ forged, kids, shares })]),
    ],
    notes: [
      `Aims beside every abuse: 100 % accepted, p99 within ${AIM_RATIO} × the p99 of the quiet rounds before and after, at most ${mebibytes(AIM_ADDED_BYTES)} more memory than in the quiet rounds until then.`,
      `Senders of all five sources, 100 requests a second together, half on kept connections and half on new ones; times are from the connect. Abusers connect from 127.0.0.2 to 127.0.0.4, at most 2,000 times a second; “own address” is 127.0.0.1, where the senders are.`,
      `Aims of the floods: a new key is accepted within ${AIM_KEY_SECONDS} s, no token of it gets 401, one fetch in 20 s at most; app b's p99 within ${AIM_FAIR_RATIO} × while app a sends ten times its limit.`,
      ...cases.flatMap(({ abuse, others }) => (others.length === 0 ? [] : [`Not accepted beside ${nameOf(abuse)}: ${others.join(', ')}.`])),
      ...(forged === undefined || forged.others.length === 0 ? [] : [`Not accepted beside forged tokens: ${forged.others.join(', ')}.`]),
    ],
    rows: [...caseRows, ...floodRows],
  };
}

function nameOf({ mode, sockets, reconnecting, ownAddress, tls }: CaseResult['abuse']): string {
  return [
    `${whole(sockets)} ${mode}`,
    ...(reconnecting ? ['reconnecting'] : []),
    ...(ownAddress ? ['own address'] : []),
    ...(tls ? ['TLS'] : []),
  ].join(', ');
}

const share = ({ accepted, sent }: RoundFigures): number => accepted / sent;

function tableOfCases(cases: readonly CaseResult[]): Table {
  return {
    columns: ['abuse', 'accepted', 'p50', 'p50 quiet', 'p99', 'p99 quiet', 'ratio', 'memory', 'memory quiet', 'connections', 'opened'],
    rows: cases.map(({ abuse, quiet, abused, quietBytes, abusedBytes, connections, opened }) => [
      nameOf(abuse),
      percent(share(abused)),
      milliseconds(abused.p50Ms),
      milliseconds(quiet.p50Ms),
      milliseconds(abused.p99Ms),
      milliseconds(quiet.p99Ms),
      (abused.p99Ms / quiet.p99Ms).toFixed(1),
      mebibytes(abusedBytes),
      mebibytes(quietBytes),
      Number.isNaN(connections) ? '' : whole(connections),
      whole(opened),
    ]),
  };
}

function tableOfFloods({ forged, kids, shares }: Omit<Parts, 'cases'>): Table {
  const rows: string[][] = [];
  if (forged !== undefined) {
    const { forgedPerSecond, quiet, abused } = forged;
    rows.push(
      ['forged tokens with a known key id, /s', whole(forgedPerSecond)],
      ['senders beside them: accepted', percent(share(abused))],
      ['senders beside them: p99, p99 quiet', `${milliseconds(abused.p99Ms)}, ${milliseconds(quiet.p99Ms)}`],
    );
  }
  if (kids !== undefined) {
    rows.push(
      ['unknown key ids, /s', whole(kids.unknownPerSecond)],
      ['a new key: from publication to acceptance', `${kids.publishedToAcceptedSeconds.toFixed(1)} s`],
      ['a new key: tokens of it that got 401', whole(kids.refusals['401'] ?? 0)],
      ['fetches a minute', kids.fetchesPerMinute.toFixed(1)],
    );
  }
  if (shares !== undefined) {
    const { greedy, quiet, crowded, limitPerSecond } = shares;
    rows.push(
      [`app a, limit ${whole(limitPerSecond)} /s: sent, accepted`, `${whole(greedy.sent)}, ${whole(greedy.accepted)}`],
      ['app b: accepted', percent(share(crowded))],
      ['app b: p99 beside app a, p99 alone', `${milliseconds(crowded.p99Ms)}, ${milliseconds(quiet.p99Ms)}`],
    );
  }
  return { columns: ['floods', 'figure'], rows };
}

function rowOfCase({ abuse, quiet, abused, quietBytes, abusedBytes, connections, opened, loopDelayP99 }: CaseResult): Row {
  return {
    name: nameOf(abuse),
    ...abuse,
    ...compared(quiet, abused),
    quietMemoryBytes: quietBytes,
    abusedMemoryBytes: abusedBytes,
    connections,
    opened,
    loopDelayP99Ms: loopDelayP99 === undefined ? null : loopDelayP99 * 1_000,
  };
}

function rowOfForged({ forgedPerSecond, quiet, abused }: ForgedTokensResult): Row {
  return { name: 'forged-tokens', forgedPerSecond, ...compared(quiet, abused) };
}

function rowOfKids({ unknownPerSecond, publishedToAcceptedSeconds, refusals, fetchesPerMinute }: UnknownKidsResult): Row {
  return {
    name: 'unknown-kids',
    unknownPerSecond,
    publishedToAcceptedSeconds,
    refused401: refusals['401'] ?? 0,
    unavailable503: refusals['503'] ?? 0,
    fetchesPerMinute,
  };
}

function rowOfShares({ greedy, quiet, crowded, limitPerSecond }: FairSharesResult): Row {
  return { name: 'fair-shares', limitPerSecond, greedySent: greedy.sent, greedyAccepted: greedy.accepted, ...compared(quiet, crowded) };
}

function compared(quiet: RoundFigures, abused: RoundFigures): Row {
  return {
    sent: abused.sent,
    accepted: abused.accepted,
    quietP50Ms: quiet.p50Ms,
    quietP99Ms: quiet.p99Ms,
    abusedP50Ms: abused.p50Ms,
    abusedP99Ms: abused.p99Ms,
    ratio: abused.p99Ms / quiet.p99Ms,
  };
}
