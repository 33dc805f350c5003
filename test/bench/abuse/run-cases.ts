import type { Template } from '../../support/abuse/forged-requests.ts';
import { sendOnce } from '../../support/abuse/genuine-sender.ts';
import { countServerSockets } from '../../support/abuse/server-sockets.ts';
import { pause } from '../support/clock.ts';
import type { AbuseCase } from './cases.ts';
import { readMetrics } from './metrics.ts';
import type { AbuseRig } from './rig.ts';
import { describeOthers, figuresOf, type Round, type RoundFigures, runRound } from './round.ts';

export interface CaseResult {
  readonly abuse: AbuseCase;
  /** Of the quiet rounds before and after. */
  readonly quiet: RoundFigures;
  readonly abused: RoundFigures;
  /** The most in a quiet round of the run that was before this case, and in the abused one. */
  readonly quietBytes: number;
  readonly abusedBytes: number;
  /** Connections that the server held in the middle of the abused round; NaN where the system does not tell. */
  readonly connections: number;
  /** Connections that the abusers opened. */
  readonly opened: number;
  /** Seconds, of the event loop of the ingress; undefined where it has no such metric. */
  readonly loopDelayP99: number | undefined;
  readonly others: readonly string[];
}

const OTHER_ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const OWN_ADDRESS = ['127.0.0.1'];
const RAMP_TIMEOUT_MS = 8_000;
/** Opening thousands of connections at once costs the abuser, who is on the cores of the server, as much as it costs the server. */
const AFTER_RAMP_MS = 2_000;
const SETTLE_TIMEOUT_MS = 5_000;
const RECOVERED_MS = 50;
const RECOVERY_TIMEOUT_MS = 30_000;
/** The kernel's table is long after thousands of connects: reading it all the time would take a core. */
const LOOK_EVERY_MS = 250;
/** What the senders keep open. */
const SETTLED_CONNECTIONS = 60;

/** Every case between two quiet rounds, so that each is compared with the machine as it is at that time. */
export async function runCases(rig: AbuseRig, cases: readonly AbuseCase[], quietSeconds: number): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  // Bodies under a wrong MAC are what the head cannot refuse: every other one is such.
  const hmac = await rig.template('outgoing-webhook');
  const bearers = [await rig.template('bot-framework'), await rig.template('graph-calling'), await rig.template('ucwa')];
  const templates = bearers.flatMap((bearer) => [hmac, bearer]);
  let tls = false;
  let quietBytes = 0;
  let before: Round | undefined;
  const quietRound = () => runRound(rig, { durationMs: quietSeconds * 1_000, tls });

  for (const abuse of cases) {
    if (abuse.tls !== tls) {
      tls = abuse.tls;
      await rig.useTls(tls);
      before = undefined;
      // Compiled code and grown heaps are not what the abuse costs.
      await quietRound();
    }
    before ??= await quietRound();
    quietBytes = Math.max(quietBytes, before.residentBytes);
    rig.report(`abuse: ${abuse.sockets} ${abuse.mode}${abuse.reconnecting ? ', reconnecting' : ''}${tls ? ', TLS' : ''}`);
    const during = await abusedRound(rig, abuse, templates);
    const after = await quietRound();
    const rounds = { quiet: [before, after], abused: [during.round] };
    results.push({
      abuse,
      quiet: figuresOf(rounds.quiet),
      abused: figuresOf(rounds.abused),
      quietBytes,
      abusedBytes: during.round.residentBytes,
      connections: during.connections,
      opened: during.opened,
      loopDelayP99: during.loopDelayP99,
      others: describeOthers([...rounds.quiet, ...rounds.abused]),
    });
    before = after;
  }
  if (tls) await rig.useTls(false);
  return results;
}

async function abusedRound(rig: AbuseRig, abuse: AbuseCase, templates: readonly Template[]) {
  const { port, abusers } = rig;
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
  });
  await until(async () => (await running.counters()).opened >= abuse.sockets, RAMP_TIMEOUT_MS);
  await pause(AFTER_RAMP_MS);
  const durationMs = abuse.seconds * 1_000;
  const connections = pause(durationMs / 2).then(() => countServerSockets(port).catch(() => Number.NaN));
  const round = await runRound(rig, { durationMs, tls: abuse.tls });
  const metrics = await readMetrics(rig.stack.services.ingress);
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

async function until(holds: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds()) && performance.now() < deadline) await pause(LOOK_EVERY_MS);
}
