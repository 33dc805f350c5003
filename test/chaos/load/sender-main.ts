/** The platforms of a run as a process of its own: sends signed notifications at a set rate and writes every request down. */
import { setTimeout as delay } from 'node:timers/promises';
import { serveCalls } from '../../bench/support/rpc.ts';
import { createRandom } from '../../support/random.ts';
import { createLineLog, type LineLog } from './line-log.ts';
import { createNotifications } from './notifications.ts';
import { rateAt } from './ramp.ts';
import { createSender, type Sender } from './sender.ts';
import { createRequestSigner, type Senders } from './sign-requests.ts';

export interface SenderJob {
  readonly seed: number;
  readonly notifications: number;
  readonly ratePerSecond: number;
  readonly tenantId: string;
  /** Each so many-th notification becomes an event that 300 installs receive. */
  readonly largeEvery: number;
  readonly ingressUrls: readonly string[];
  readonly senders: Senders;
  readonly logFile: string;
}

export interface SenderProgress {
  /** Notifications begun. */
  readonly begun: number;
  readonly accepted: number;
  readonly givenUp: number;
  readonly statuses: Readonly<Record<string, number>>;
}

const TICK_MS = 10;
/** While so many wait for their answer, or to be sent again, no new ones are begun. */
const MOST_WAITING = 400;

let log: LineLog | undefined;
let sender: Sender | undefined;
let isFinishing = false;
const counts = { begun: 0, accepted: 0, givenUp: 0 };

async function run(job: SenderJob): Promise<void> {
  log = createLineLog(job.logFile);
  const sending = createSender({
    ingressUrls: job.ingressUrls,
    sign: createRequestSigner(job.senders, Date.now),
    write: log.add,
    random: createRandom(job.seed + 1),
  });
  sender = sending;
  const next = createNotifications(createRandom(job.seed), job);
  const waiting = new Set<Promise<void>>();
  let failure: unknown;
  let due = 0;
  const startedAt = performance.now();
  let last = startedAt;
  while (counts.begun < job.notifications && failure === undefined && !isFinishing) {
    const now = performance.now();
    const rate = rateAt(now - startedAt, job.ratePerSecond);
    due = Math.min(due + ((now - last) * rate) / 1_000, job.ratePerSecond);
    last = now;
    for (; due >= 1 && waiting.size < MOST_WAITING && counts.begun < job.notifications; due -= 1) {
      counts.begun += 1;
      const one = sending
        .deliver(next())
        .then(
          (outcome) => {
            if (outcome === 'accepted') counts.accepted += 1;
            else counts.givenUp += 1;
          },
          (error: unknown) => {
            failure = error;
          },
        )
        .finally(() => waiting.delete(one));
      waiting.add(one);
    }
    await delay(TICK_MS);
  }
  if (failure !== undefined) throw failure;
  await Promise.all(waiting);
  await sending.close();
}

const calls = {
  /** Resolves when every notification was accepted or given up. */
  run,
  /** Begins no more notifications; `run` resolves when those that are begun have ended. */
  finish(_argument: null): void {
    isFinishing = true;
  },
  flush(_argument: null): void {
    log?.flush();
  },
  progress: (_argument: null): SenderProgress => ({ ...counts, statuses: sender?.statuses() ?? {} }),
};
export type SenderCalls = typeof calls;
serveCalls(calls);
