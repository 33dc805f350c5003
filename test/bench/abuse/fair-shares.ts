import { sourceById } from '@switchboard/sources';
import { httpBytes } from '../../support/http-bytes.ts';
import { pause } from '../support/clock.ts';
import type { Stream } from '../workers/senders.ts';
import { readMetrics } from './metrics.ts';
import { type AbuseRig, ROUTING_KEY_VARIABLE } from './rig.ts';
import { figuresOf, type RoundFigures, runRound } from './round.ts';

export interface FairSharesResult {
  readonly limitPerSecond: number;
  /** App B without and with app A at ten times its limit. */
  readonly quiet: RoundFigures;
  readonly crowded: RoundFigures;
  /** What A sent, and what of it was accepted. */
  readonly greedy: RoundFigures;
}

const LIMIT = 100;
const GREEDY_PER_SECOND = 10 * LIMIT;
const FAIR_PER_SECOND = 50;
const AUDIENCE = '11111111-2222-4333-8444-555555555555';
const TENANT_ID = '99999999-2222-4333-8444-555555555555';
const REQUESTS = 200;
const LOADED_TIMEOUT_MS = 10_000;

/** Apps A and B with the same limit: B's senders beside A's, which send ten times what A may. */
export async function runFairShares(rig: AbuseRig, seconds: number): Promise<FairSharesResult> {
  rig.report(`abuse: app a at ${GREEDY_PER_SECOND} requests a second, its limit is ${LIMIT}`);
  await useApps(rig);
  const fair = await streamOf(rig, 'b', FAIR_PER_SECOND);
  const greedy = await streamOf(rig, 'a', GREEDY_PER_SECOND);
  const durationMs = seconds * 1_000;
  const alone = () => runRound(rig, { durationMs, streams: [fair] });
  await alone();
  const before = await alone();
  const crowded = await runRound(rig, { durationMs, streams: [fair, greedy] });
  await pause(500);
  const after = await alone();
  return {
    limitPerSecond: LIMIT,
    quiet: figuresOf([before, after]),
    crowded: figuresOf([crowded], 'b'),
    greedy: figuresOf([crowded], 'a'),
  };
}

async function useApps({ stack }: AbuseRig): Promise<void> {
  const { metadataUrl } = stack.issuer.issuers['bot-framework'];
  const app = { 'bot-framework': { audience: AUDIENCE, metadataUrl }, limits: { requests_per_second: LIMIT } };
  const loads = async () => (await readMetrics(stack.services.ingress)).sum('ingress_sources_loads_total', 'loaded') ?? 0;
  const before = await loads();
  await stack.writeSources(
    JSON.stringify({
      routingTokenKeys: [{ env: ROUTING_KEY_VARIABLE }],
      regions: { self: 'emea', table: { emea: 'https://emea.example' } },
      apps: { a: app, b: app },
    }),
  );
  const deadline = performance.now() + LOADED_TIMEOUT_MS;
  while ((await loads()) === before) {
    if (performance.now() > deadline) throw new Error('the ingress did not load the SOURCES_FILE with limits');
    await pause(100);
  }
}

async function streamOf({ stack }: AbuseRig, app: string, perSecond: number): Promise<Stream> {
  const hmacKey = Buffer.alloc(32, 7).toString('base64');
  const signer = stack.issuer.issuers['bot-framework'].signer({ app, audience: AUDIENCE, tenantId: TENANT_ID, hmacKey, hmacId: app });
  const requests: Buffer[] = [];
  while (requests.length < REQUESTS)
    for (const sample of (await sourceById('bot-framework')?.sample(signer)) ?? []) requests.push(httpBytes(sample));
  return { name: app, requests, perSecond };
}
