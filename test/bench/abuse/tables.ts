import type { Row } from '../support/bench.ts';
import { mebibytes, milliseconds, percent, type Table, whole } from '../support/table.ts';
import type { AbuseResults } from './judge.ts';
import type { RoundFigures } from './round.ts';
import { type CaseResult, nameOf } from './run-cases.ts';

const share = ({ accepted, sent }: RoundFigures): number => accepted / sent;

export function tableOfCases(cases: readonly CaseResult[]): Table {
  return {
    columns: [
      'abuse',
      'accepted',
      'p50',
      'p50 quiet',
      'p99',
      'p99 quiet',
      'ratio',
      'p99 after',
      'loop p99',
      'memory',
      'memory quiet',
      'connections',
      'opened',
    ],
    rows: cases.map(({ abuse, quiet, abused, after, quietBytes, abusedBytes, connections, opened, loopDelayP99 }) => [
      nameOf(abuse),
      percent(share(abused)),
      milliseconds(abused.p50Ms),
      milliseconds(quiet.p50Ms),
      milliseconds(abused.p99Ms),
      milliseconds(quiet.p99Ms),
      (abused.p99Ms / quiet.p99Ms).toFixed(1),
      milliseconds(after.p99Ms),
      milliseconds(loopDelayP99 * 1_000),
      mebibytes(abusedBytes),
      mebibytes(quietBytes),
      Number.isNaN(connections) ? '' : whole(connections),
      whole(opened),
    ]),
  };
}

export function tableOfFloods({ forged, firstUse, kids, rates, bytes }: AbuseResults): Table {
  const rows: string[][] = [];
  if (forged !== undefined) {
    const { forgedPerSecond, quiet, abused, after } = forged;
    rows.push(
      ['forged tokens with a known key id, /s', whole(forgedPerSecond)],
      ['senders beside them: accepted', percent(share(abused))],
      ['senders beside them: p99, p99 quiet, p99 after', [abused, quiet, after].map(({ p99Ms }) => milliseconds(p99Ms)).join(', ')],
    );
  }
  if (firstUse !== undefined)
    rows.push(['a new key, no fetch in the last 20 s: from first use to acceptance', `${firstUse.acceptedSeconds.toFixed(2)} s`]);
  if (kids !== undefined) {
    rows.push(
      ['unknown key ids, /s', whole(kids.unknownPerSecond)],
      ['a new key among them: from publication to acceptance', `${kids.publishedToAcceptedSeconds.toFixed(1)} s`],
      ['a new key among them: tokens of it that got 401', whole(kids.refusals['401'] ?? 0)],
      [`fetches of key sets in ${kids.windowSeconds.toFixed(1)} s`, whole(kids.fetches)],
    );
  }
  const beside = ({ crowded, quiet }: { readonly crowded: RoundFigures; readonly quiet: RoundFigures }): string =>
    `${percent(share(crowded))}, ${milliseconds(crowded.p99Ms)}, ${milliseconds(quiet.p99Ms)}`;
  if (rates !== undefined) {
    const { greedy, limitPerSecond } = rates;
    rows.push(
      [`app a, limit ${whole(limitPerSecond)} /s: sent, accepted`, `${whole(greedy.sent)}, ${whole(greedy.accepted)}`],
      ['app b beside it: accepted, p99, p99 alone', beside(rates)],
    );
  }
  if (bytes !== undefined) {
    rows.push(
      [`app a, limit ${mebibytes(bytes.limitBytes)} in flight: hoarded`, mebibytes(bytes.hoardedBytes)],
      ['app b beside it: accepted, p99, p99 alone', beside(bytes)],
    );
  }
  return { columns: ['floods', 'figure'], rows };
}

/** The figures of a run for `--json`. */
export function rowsOfResults({ cases, forged, firstUse, kids, rates, bytes }: AbuseResults): Row[] {
  const rows: Row[] = cases.map(rowOfCase);
  if (forged !== undefined) {
    const { forgedPerSecond, quiet, abused, after } = forged;
    rows.push({ name: 'forged-tokens', forgedPerSecond, ...compared(quiet, abused), afterP99Ms: after.p99Ms });
  }
  if (firstUse !== undefined) rows.push({ name: 'first-use', acceptedSeconds: firstUse.acceptedSeconds, ...refused(firstUse.refusals) });
  if (kids !== undefined) {
    const { unknownPerSecond, publishedToAcceptedSeconds, refusals, fetches, windowSeconds } = kids;
    rows.push({ name: 'unknown-kids', unknownPerSecond, publishedToAcceptedSeconds, ...refused(refusals), fetches, windowSeconds });
  }
  if (rates !== undefined) {
    const { greedy, limitPerSecond, quiet, crowded } = rates;
    const sent = { greedySent: greedy.sent, greedyAccepted: greedy.accepted };
    rows.push({ name: 'fair-shares-requests', limitPerSecond, ...sent, ...compared(quiet, crowded) });
  }
  if (bytes !== undefined) {
    const { limitBytes, hoardedBytes, quiet, crowded } = bytes;
    rows.push({ name: 'fair-shares-bytes', limitBytes, hoardedBytes, ...compared(quiet, crowded) });
  }
  return rows;
}

function rowOfCase({ abuse, quiet, abused, after, quietBytes, abusedBytes, connections, opened, loopDelayP99, left }: CaseResult): Row {
  return {
    name: nameOf(abuse),
    ...abuse,
    ...compared(quiet, abused),
    afterP99Ms: after.p99Ms,
    quietMemoryBytes: quietBytes,
    abusedMemoryBytes: abusedBytes,
    connections,
    opened,
    loopDelayP99Ms: loopDelayP99 * 1_000,
    failed: left.length > 0 || [abused, after].some(({ sent, accepted }) => accepted < sent),
    leaked: left.length === 0 ? null : left.join(', '),
  };
}

const refused = (refusals: Readonly<Record<string, number>>): Row => ({
  refused401: refusals['401'] ?? 0,
  unavailable503: refusals['503'] ?? 0,
});

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
