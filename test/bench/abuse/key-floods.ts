import { sourceById } from '@switchboard/sources';
import { sendOnce } from '../../support/abuse/genuine-sender.ts';
import { httpBytes } from '../../support/http-bytes.ts';
import { pause } from '../support/clock.ts';
import { scrape } from '../support/metrics.ts';
import type { AbuseRig } from './rig.ts';
import { describeOthers, figuresOf, type RoundFigures, runRound } from './round.ts';

export interface ForgedTokensResult {
  readonly forgedPerSecond: number;
  /** Of the rounds before, beside and after the flood. */
  readonly quiet: RoundFigures;
  readonly abused: RoundFigures;
  readonly after: RoundFigures;
  readonly others: readonly string[];
}

/** A new key on an ingress that has not fetched key sets for 20 s. */
export interface FirstUseResult {
  /** From the first request under the new key to the first one that was accepted; NaN where none was. */
  readonly acceptedSeconds: number;
  readonly refusals: Readonly<Record<string, number>>;
}

export interface UnknownKidsResult {
  readonly unknownPerSecond: number;
  /** From the publication of a key to the first request that was accepted under it; NaN where none was. */
  readonly publishedToAcceptedSeconds: number;
  /** Responses to tokens of the new key before that, by status. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Of key sets, and the time in which they were counted. */
  readonly fetches: number;
  readonly windowSeconds: number;
}

const FLOOD_ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
/** Each sends one request, and again once it is closed: enough that a slow response does not slow the flood. */
const FLOOD_SOCKETS = 1_000;
const ACCEPTED_WITHIN_MS = 60_000;
/** Between two fetches that unknown keys cause. */
export const COOLDOWN_MS = 20_000;
export const FORGED_PER_SECOND = 2_000;

/** Requests that the ingress responded to for a source so far; the genuine ones among them are few. */
async function responses(rig: AbuseRig, source: string): Promise<number> {
  return (await scrape(rig.stack.services.ingress)).sum('ingress_requests_total', `source="${source}"`) || 0;
}

/** Tokens that name a key the issuer has, with wrong signatures, 2,000 a second: each one has to be checked. */
export async function floodForgedTokens(rig: AbuseRig, seconds: number): Promise<ForgedTokensResult> {
  rig.report('abuse: 2,000 forged tokens a second');
  const durationMs = seconds * 1_000;
  const before = await runRound(rig, { durationMs });
  const flood = await startFlood(rig, FORGED_PER_SECOND, false);
  await pause(1_000);
  const count = await responses(rig, 'bot-framework');
  const startedAt = performance.now();
  const during = await runRound(rig, { durationMs });
  const forged = (await responses(rig, 'bot-framework')) - count;
  const elapsedMs = performance.now() - startedAt;
  await flood.stop();
  await pause(1_000);
  const after = await runRound(rig, { durationMs });
  return {
    forgedPerSecond: (forged * 1_000) / elapsedMs,
    quiet: figuresOf([before]),
    abused: figuresOf([during]),
    after: figuresOf([after]),
    others: describeOthers([during, after]),
  };
}

/** 1,000 key ids a second that no issuer has, and in the middle of them a new key. The flood continues until that is accepted. */
export async function floodUnknownKids(rig: AbuseRig): Promise<UnknownKidsResult> {
  rig.report('abuse: 1,000 unknown key ids a second, with a key rotation');
  const fetches = async () => (await scrape(rig.stack.services.ingress)).sum('ingress_key_set_fetches_total') || 0;
  const flood = await startFlood(rig, 1_000, true);
  // One of the unknown ids has caused a fetch: the new key is published when the next one is furthest away.
  await pause(2_000);
  const countedFrom = performance.now();
  const [fetched, count] = [await fetches(), await responses(rig, 'bot-framework')];
  await rig.stack.issuer.rotate('bot-framework');
  const publishedAt = performance.now();
  const { accepted, refusals } = await untilAccepted(rig);
  const elapsedMs = performance.now() - publishedAt;
  const sent = (await responses(rig, 'bot-framework')) - count;
  const fetchedSince = (await fetches()) - fetched;
  const windowSeconds = (performance.now() - countedFrom) / 1_000;
  await flood.stop();
  return {
    unknownPerSecond: (sent * 1_000) / elapsedMs,
    publishedToAcceptedSeconds: accepted ? elapsedMs / 1_000 : Number.NaN,
    refusals,
    fetches: fetchedSince,
    windowSeconds,
  };
}

/** Rotates a key 21 s after any fetch, and then uses it. */
export async function useKeyFirst(rig: AbuseRig): Promise<FirstUseResult> {
  rig.report('abuse: first use of a new key, 20 s after the last fetch');
  await rig.stack.issuer.rotate('bot-framework');
  await pause(COOLDOWN_MS + 1_000);
  const startedAt = performance.now();
  const { accepted, refusals } = await untilAccepted(rig);
  return { acceptedSeconds: accepted ? (performance.now() - startedAt) / 1_000 : Number.NaN, refusals };
}

/** Sends requests under the newest key until one is accepted, at most for 60 s. */
async function untilAccepted(rig: AbuseRig): Promise<{ accepted: boolean; refusals: Record<string, number> }> {
  const deadline = performance.now() + ACCEPTED_WITHIN_MS;
  const refusals: Record<string, number> = {};
  while (performance.now() < deadline) {
    const { status } = await sendOnce(rig.port, await newestKeyRequest(rig));
    if (status === 200) return { accepted: true, refusals };
    refusals[status] = (refusals[status] ?? 0) + 1;
    await pause(100);
  }
  return { accepted: false, refusals };
}

async function newestKeyRequest({ stack }: AbuseRig): Promise<Buffer> {
  const [sample] = (await sourceById('bot-framework')?.sample(stack.signer('bot-framework'))) ?? [];
  if (sample === undefined) throw new Error('bot-framework has no sample');
  return httpBytes(sample);
}

async function startFlood({ abusers, port, template }: AbuseRig, perSecond: number, unknownKid: boolean) {
  return abusers.start({
    mode: 'refused',
    sockets: FLOOD_SOCKETS,
    port,
    localAddresses: FLOOD_ADDRESSES,
    templates: [await template('bot-framework')],
    forge: { unknownKid },
    reconnect: true,
    connectsPerSecond: perSecond,
    // Where the server keeps the connections, they flood at the same rate.
    everyMs: (FLOOD_SOCKETS * 1_000) / perSecond,
  });
}
