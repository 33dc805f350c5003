import type { Template } from '../../support/abuse/forged-requests.ts';
import { sendOnce } from '../../support/abuse/genuine-sender.ts';
import { countServerSockets } from '../../support/abuse/server-sockets.ts';
import { pause } from '../support/clock.ts';
import { scrape } from '../support/metrics.ts';
import type { AbuseCase } from './cases.ts';
import { medianOfThree } from './median-of-three.ts';
import { gaugesLeft } from './occupancy.ts';
import type { AbuseRig } from './rig.ts';
import { describeOthers, figuresOf, type RoundFigures, runRound } from './round.ts';
import { until } from './until.ts';

export interface CaseResult {
  readonly abuse: AbuseCase;
  /** Of all quiet rounds of this ingress process. */
  readonly quiet: RoundFigures;
  readonly abused: RoundFigures;
  /** Of the round after, in which the ingress recovers. */
  readonly after: RoundFigures;
  /** The most in the first quiet round of this ingress process, and in the abused round. */
  readonly quietBytes: number;
  readonly abusedBytes: number;
  /** Connections that the server held in the middle of the abused round; NaN where the system does not tell. */
  readonly connections: number;
  /** Connections that the abusers opened. */
  readonly opened: number;
  /** Seconds, of the event loop of the ingress in the abused round. */
  readonly loopDelayP99: number;
  /** What the ingress still counted as in flight 20 s after the abuse, as `ingress_requests_in_flight 3`. */
  readonly left: readonly string[];
  /** Responses that did not accept, in the abused round and in the one after. */
  readonly others: readonly string[];
}

const OTHER_ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const OWN_ADDRESS = ['127.0.0.1'];
/** Abusers, senders, broker and ingress share two cores: at 2,000 a second, connecting alone would take one of them. */
const CONNECTS_PER_SECOND = 500;
const RAMP_TIMEOUT_MS = 30_000;
/** Opening thousands of connections at once costs the abuser, who is on the cores of the server, as much as it costs the server. */
const AFTER_RAMP_MS = 2_000;
const SETTLE_TIMEOUT_MS = 5_000;
const RECOVERED_MS = 50;
const RECOVERY_TIMEOUT_MS = 30_000;
/** What the senders keep open. */
const SETTLED_CONNECTIONS = 60;

export interface RunCasesOptions {
  readonly quietSeconds: number;
  /** A case whose p99 is more than that many times the quiet one is measured three times. */
  readonly repeatAbove: number;
}

/** The cases with the same settings of the ingress one after the other on one process, a quiet round after each. */
export async function runCases(
  rig: AbuseRig,
  cases: readonly AbuseCase[],
  { quietSeconds, repeatAbove }: RunCasesOptions,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const templates = await forgedTemplates(rig);
  for (const [settings, group] of bySettings(cases)) {
    if (settings.tls || settings.maxPerPeer > 0) await rig.restartIngress(settings);
    const quietRound = () => runRound(rig, { durationMs: quietSeconds * 1_000, tls: settings.tls });
    // Compiled code and grown heaps are not what the abuse costs.
    await quietRound();
    const baseline = await quietRound();
    const quietRounds = [baseline];
    const measure = async (abuse: AbuseCase): Promise<Omit<CaseResult, 'quiet'>> => {
      rig.report(`abuse: ${nameOf(abuse)}`);
      const { round, ...during } = await abusedRound(rig, abuse, templates);
      const after = await quietRound();
      quietRounds.push(after);
      return {
        ...during,
        abuse,
        abused: figuresOf([round]),
        after: figuresOf([after]),
        quietBytes: baseline.residentBytes,
        abusedBytes: round.residentBytes,
        left: await gaugesLeft(rig.stack.services.ingress),
        others: describeOthers([round, after]),
      };
    };
    const measured: Omit<CaseResult, 'quiet'>[] = [];
    for (const abuse of group) measured.push(await measure(abuse));
    for (const [index, result] of measured.entries()) {
      if (result.abused.p99Ms <= repeatAbove * figuresOf(quietRounds).p99Ms) continue;
      measured[index] = await medianOfThree(result, () => measure(result.abuse));
    }
    // A quiet round is too short for a p99 that two runs agree on; together they are long enough.
    const quiet = figuresOf(quietRounds);
    results.push(...measured.map((result) => ({ ...result, quiet })));
  }
  if (cases.some(({ tls, maxPerPeer }) => tls || maxPerPeer > 0)) await rig.restartIngress({ tls: false, maxPerPeer: 0 });
  return results;
}

function bySettings(cases: readonly AbuseCase[]) {
  const groups = Map.groupBy(cases, ({ tls, maxPerPeer }) => `${tls} ${maxPerPeer}`);
  return [...groups.values()].map(([first, ...others]) => {
    const { tls, maxPerPeer } = first as AbuseCase;
    return [{ tls, maxPerPeer }, [first as AbuseCase, ...others]] as const;
  });
}

export function nameOf({ mode, sockets, reconnecting, ownAddress, tls, maxPerPeer }: AbuseCase): string {
  return [
    `${sockets.toLocaleString('en-US')} ${mode}`,
    ...(reconnecting ? ['reconnecting'] : []),
    ...(ownAddress ? ['own address'] : []),
    ...(maxPerPeer > 0 ? [`at most ${maxPerPeer} a peer`] : []),
    ...(tls ? ['TLS'] : []),
  ].join(', ');
}

/** Bodies under a wrong MAC are what the head cannot refuse: every other one is such. */
async function forgedTemplates(rig: AbuseRig): Promise<readonly Template[]> {
  const hmac = await rig.template('outgoing-webhook');
  const bearers = [await rig.template('bot-framework'), await rig.template('graph-calling'), await rig.template('ucwa')];
  return bearers.flatMap((bearer) => [hmac, bearer]);
}

async function abusedRound(rig: AbuseRig, abuse: AbuseCase, templates: readonly Template[]) {
  const { port, abusers } = rig;
  const { ingress } = rig.stack.services;
  // A ClientHello is spoken below TLS by its own mode; silence is too, where the server waits for one.
  const tls = abuse.tls && abuse.mode !== 'silent';
  const running = await abusers.start({
    mode: abuse.mode,
    sockets: abuse.sockets,
    port,
    tls,
    templates,
    localAddresses: abuse.ownAddress ? OWN_ADDRESS : OTHER_ADDRESSES,
    reconnect: abuse.reconnecting,
    connectsPerSecond: CONNECTS_PER_SECOND,
  });
  await until(async () => (await running.counters()).opened >= abuse.sockets, RAMP_TIMEOUT_MS);
  await pause(AFTER_RAMP_MS);
  const durationMs = abuse.seconds * 1_000;
  const connections = pause(durationMs / 2).then(() => countServerSockets(port).catch(() => Number.NaN));
  // The delay of the event loop is measured from one reading to the next.
  await scrape(ingress);
  const round = await runRound(rig, { durationMs, tls: abuse.tls });
  const metrics = await scrape(ingress);
  const { opened } = await running.stop();
  await until(async () => (await countServerSockets(port).catch(() => 0)) <= SETTLED_CONNECTIONS, SETTLE_TIMEOUT_MS);
  // What an abuse leaves behind counts as neither quiet nor as the next abuse.
  const [stream] = rig.streams;
  const probe = Buffer.from(stream?.requests[0] ?? []);
  await until(async () => (await sendOnce(port, probe, { tls: abuse.tls })).tookMs < RECOVERED_MS, RECOVERY_TIMEOUT_MS);
  return {
    round,
    opened,
    connections: await connections,
    loopDelayP99: metrics.sum('ingress_event_loop_delay_seconds', 'quantile="0.99"'),
  };
}
