import type { SampleRequest } from '@switchboard/source-kit';
import { sourceById } from '@switchboard/sources';
import { httpBytes } from '../../support/http-bytes.ts';
import { pause } from '../support/clock.ts';
import { scrape } from '../support/metrics.ts';
import type { Stream } from '../workers/senders.ts';
import { type AbuseRig, ROUTING_KEY_VARIABLE } from './rig.ts';
import { figuresOf, type Round, type RoundFigures, runRound } from './round.ts';
import { until } from './until.ts';

/** App B beside app A, which uses more than it may. */
export interface FairSharesResult {
  /** Senders of app B without and with those of app A. */
  readonly quiet: RoundFigures;
  readonly crowded: RoundFigures;
}

export interface FairRatesResult extends FairSharesResult {
  readonly limitPerSecond: number;
  /** What A sent, and what of it was accepted. */
  readonly greedy: RoundFigures;
}

export interface FairBytesResult extends FairSharesResult {
  readonly limitBytes: number;
  /** The most body bytes in flight in the middle of a crowded round: A's, and the few that B has just sent. */
  readonly hoardedBytes: number;
}

const LIMIT = 30;
const GREEDY_PER_SECOND = 10 * LIMIT;
const FAIR_PER_SECOND = 20;
const LIMIT_BYTES = 8 * 1_048_576;
/** Each holds 1 MiB. */
const HOARDERS = 64;
/** The ingress closes what it does not admit: these try again about once a second, as `Retry-After` says. */
const HOARDERS_PER_SECOND = 50;
const AUDIENCE = '11111111-2222-4333-8444-555555555555';
const TENANT_ID = '99999999-2222-4333-8444-555555555555';
/** Quiet and crowded rounds take turns. */
const PAIRS = 3;
const REQUESTS = 200;
const LOADED_TIMEOUT_MS = 10_000;
const AFTER_MS = 1_000;

/** Apps A and B with the same limit of requests: A sends ten times what it may. */
export async function runFairRates(rig: AbuseRig, seconds: number): Promise<FairRatesResult> {
  rig.report(`abuse: app a at ${GREEDY_PER_SECOND} requests a second, its limit is ${LIMIT}`);
  await useApps(rig, { requests_per_second: LIMIT });
  const fair = await streamOf(rig, 'b', FAIR_PER_SECOND);
  const greedy = await streamOf(rig, 'a', GREEDY_PER_SECOND);
  const durationMs = seconds * 1_000;
  const alone = () => runRound(rig, { durationMs, streams: [fair] });
  await alone();
  const quiet: Round[] = [];
  const crowded: Round[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    quiet.push(await alone());
    crowded.push(await runRound(rig, { durationMs, streams: [fair, greedy] }));
  }
  return { limitPerSecond: LIMIT, quiet: figuresOf(quiet), crowded: figuresOf(crowded, 'b'), greedy: figuresOf(crowded, 'a') };
}

/** Apps A and B with the same limit of body bytes: A sends 64 bodies of 1 MiB without their last bytes. */
export async function runFairBytes(rig: AbuseRig, seconds: number): Promise<FairBytesResult> {
  rig.report(`abuse: app a hoards ${HOARDERS} bodies of 1 MiB, its limit is ${LIMIT_BYTES / 1_048_576} MiB`);
  await useApps(rig, { bytes_in_flight: LIMIT_BYTES });
  const durationMs = seconds * 1_000;
  const streams = [await streamOf(rig, 'b', FAIR_PER_SECOND)];
  const alone = () => runRound(rig, { durationMs, streams });
  await alone();
  const quiet: Round[] = [];
  const crowded: Round[] = [];
  let hoardedBytes = 0;
  for (let pair = 0; pair < PAIRS; pair += 1) {
    quiet.push(await alone());
    const hoarders = await startHoarders(rig);
    await pause(AFTER_MS);
    const hoarded = pause(durationMs / 2).then(() => scrape(rig.stack.services.ingress));
    crowded.push(await runRound(rig, { durationMs, streams }));
    await hoarders.stop();
    hoardedBytes = Math.max(hoardedBytes, (await hoarded).sum('ingress_request_bytes_in_flight'));
    await pause(AFTER_MS);
  }
  return { limitBytes: LIMIT_BYTES, hoardedBytes, quiet: figuresOf(quiet), crowded: figuresOf(crowded) };
}

async function startHoarders(rig: AbuseRig) {
  return rig.abusers.start({
    mode: 'hoard-length',
    sockets: HOARDERS,
    port: rig.port,
    localAddresses: ['127.0.0.2'],
    templates: [await sampleOf(rig, 'a')],
    claims: ['genuine'],
    reconnect: true,
    connectsPerSecond: HOARDERS_PER_SECOND,
  });
}

async function useApps({ stack }: AbuseRig, limits: object): Promise<void> {
  const { metadataUrl } = stack.issuer.issuers['bot-framework'];
  const app = { 'bot-framework': { audience: AUDIENCE, metadataUrl }, limits };
  const loads = async () => (await scrape(stack.services.ingress)).sum('ingress_sources_loads_total', 'loaded') || 0;
  const before = await loads();
  await stack.writeSources(
    JSON.stringify({
      routingTokenKeys: [{ env: ROUTING_KEY_VARIABLE }],
      regions: { self: 'emea', table: { emea: 'https://emea.example' } },
      apps: { a: app, b: app },
    }),
  );
  if (!(await until(async () => (await loads()) > before, LOADED_TIMEOUT_MS)))
    throw new Error('the ingress did not load the SOURCES_FILE with limits');
}

async function streamOf(rig: AbuseRig, app: string, perSecond: number): Promise<Stream> {
  const requests: Buffer[] = [];
  while (requests.length < REQUESTS) for (const sample of await samplesOf(rig, app)) requests.push(httpBytes(sample));
  return { name: app, requests, perSecond };
}

async function sampleOf(rig: AbuseRig, app: string): Promise<SampleRequest> {
  const [first] = await samplesOf(rig, app);
  if (first === undefined) throw new Error('bot-framework has no sample');
  return first;
}

async function samplesOf({ stack }: AbuseRig, app: string): Promise<readonly SampleRequest[]> {
  const hmacKey = Buffer.alloc(32, 7).toString('base64');
  const signer = stack.issuer.issuers['bot-framework'].signer({ app, audience: AUDIENCE, tenantId: TENANT_ID, hmacKey, hmacId: app });
  return (await sourceById('bot-framework')?.sample(signer)) ?? [];
}
