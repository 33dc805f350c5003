import { readFile } from 'node:fs/promises';
import { startCluster } from '@switchboard/local-stack';
import type { SampleRequest } from '@switchboard/source-kit';
import { sourceById } from '@switchboard/sources';
import { Pool } from 'undici';
import { startTestStack } from '../support/test-stack.ts';

export interface OutageOptions {
  readonly outageMs: number;
  readonly requestsPerSecond: number;
}

/** What an outage of all brokers did to the ingress. */
export interface OutageReport {
  /** Answers during the outage by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers 503 during the outage that do not say when to come again. */
  readonly withoutRetryAfter: number;
  /** Longest wait for an answer during the outage, milliseconds. */
  readonly slowestMs: number;
  /** Resident memory just before the outage and the most during it, MiB. */
  readonly residentBefore: number;
  readonly residentMost: number;
  /** From the moment all brokers take connections again to the first 2xx, milliseconds. */
  readonly firstSuccessMs: number;
  /** Requests answered with a 2xx, before and after, that are not stored once. */
  readonly lost: number;
}

const TICK_MS = 20;
/** In which the process allocates what it keeps for as long as it serves at this rate. */
const WARM_MS = 60_000;

/** Keeps a steady stream of signed requests on the ingress while its three brokers are killed and brought back. */
export async function runIngressOutage(options: OutageOptions): Promise<OutageReport> {
  const cluster = await startCluster();
  const stack = await startTestStack({ services: ['ingress'], kafkaBrokers: cluster.brokers }).catch(async (error: unknown) => {
    await cluster.close();
    throw error;
  });
  // A connection for each request that waits: none waits for another's answer.
  const pool = new Pool(stack.ingressUrl);
  let load: { stop(): Promise<void> } | undefined;
  try {
    const pid = stack.services.ingress.pid();
    if (pid === undefined) throw new Error('the ingress does not run');
    const accepted = new Set<string>();
    let onAnswer: (answer: { readonly status: number; readonly tookMs: number; readonly retryAfter: boolean }) => void = () => {};
    let number = 0;

    const sendOne = async (): Promise<void> => {
      number += 1;
      const signed = await numberedRequest(stack.signer('bot-framework'), number);
      const started = performance.now();
      const answer = await pool.request({ path: signed.target, method: 'POST', headers: { ...signed.headers }, body: signed.body });
      await answer.body.dump();
      if (answer.statusCode < 300) accepted.add(signed.body.toString('utf8'));
      const retryAfter = /^\d+$/.test(String(answer.headers['retry-after']));
      onAnswer({ status: answer.statusCode, tookMs: performance.now() - started, retryAfter });
    };
    load = steadyLoad(options.requestsPerSecond, sendOne);

    await new Promise((resolve) => setTimeout(resolve, WARM_MS));
    const residentBefore = await residentMiB(pid);
    const statuses: Record<string, number> = {};
    let slowestMs = 0;
    let withoutRetryAfter = 0;
    let residentMost = residentBefore;

    await Promise.all(cluster.ids.map((id) => cluster.kill(id)));
    // Requests that were on their way when the brokers died may still have had its acknowledgement.
    await new Promise((resolve) => setTimeout(resolve, 200));
    onAnswer = ({ status, tookMs, retryAfter }) => {
      if (status === 503 && !retryAfter) withoutRetryAfter += 1;
      statuses[status] = (statuses[status] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, tookMs);
    };
    const until = performance.now() + options.outageMs;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      residentMost = Math.max(residentMost, await residentMiB(pid));
    }
    onAnswer = () => {};

    await Promise.all(cluster.ids.map((id) => cluster.restart(id)));
    const back = performance.now();
    const firstSuccessMs = await new Promise<number>((resolve) => {
      onAnswer = ({ status }) => {
        if (status < 300) resolve(performance.now() - back);
      };
    });
    await load.stop();
    load = undefined;

    const stored = new Map<string, number>();
    for (const { value } of await stack.read('notifications.raw.v1')) {
      if (value === null) continue;
      const body = stack.codec.decode('switchboard.notifications.v1.RawNotification', value).body.toString('utf8');
      stored.set(body, (stored.get(body) ?? 0) + 1);
    }
    const lost = [...accepted].filter((body) => stored.get(body) !== 1).length;
    return { statuses, withoutRetryAfter, slowestMs, residentBefore, residentMost, firstSuccessMs, lost };
  } finally {
    await load?.stop().catch(() => {});
    await pool.close();
    await stack.stop();
    await cluster.close();
  }
}

/** The sample with an id of its own, under the same token as long as it lasts: as the platform sends. */
async function numberedRequest(
  signer: Parameters<NonNullable<ReturnType<typeof sourceById>>['sample']>[0],
  number: number,
): Promise<SampleRequest> {
  const source = sourceById('bot-framework');
  const [sample] = (await source?.sample(signer)) ?? [];
  if (source === undefined || sample === undefined) throw new Error('no sample');
  const activity = { ...JSON.parse(sample.body.toString('utf8')), id: `outage-${number}` };
  return { ...sample, body: Buffer.from(JSON.stringify(activity)) };
}

/** Starts an action so many times a second, whether or not earlier ones have ended. */
function steadyLoad(perSecond: number, action: () => Promise<void>): { stop(): Promise<void> } {
  const started = performance.now();
  const open = new Set<Promise<void>>();
  let begun = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1_000) * perSecond);
    for (; begun < due; begun += 1) {
      const one = action().finally(() => open.delete(one));
      open.add(one);
    }
  }, TICK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}
