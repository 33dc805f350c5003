import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SampleHead } from '@switchboard/source-kit';
import { Pool } from 'undici';
import type { Random } from '../../support/random.ts';
import type { SentLine } from '../evidence/sent-log.ts';
import type { Notification } from './notifications.ts';

export interface SenderOptions {
  /** Base URLs of the ingress instances. */
  readonly ingressUrls: readonly string[];
  readonly sign: (source: Notification['source'], body: Buffer) => Promise<SampleHead>;
  readonly write: (line: SentLine) => void;
  readonly random: Random;
}

/** Sends notifications as platforms do: again and again until one is accepted, and some once more although it was. */
export interface Sender {
  /** Resolves when the notification was accepted or given up. */
  deliver(notification: Notification): Promise<'accepted' | 'given up'>;
  /** Requests so far by status; `none` where no answer came. */
  statuses(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Longer than a sender that waits for a reply is held. */
const ANSWER_MS = 8_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;
/** One in so many accepted notifications is sent once more, at once or a little later. */
const REPEATED = 40;
const LONGEST_REPEAT_MS = 5_000;
/** One in so many is never sent again, whatever the answer was. */
const SENT_ONCE = 50;

export function createSender({ ingressUrls, sign, write, random }: SenderOptions): Sender {
  const pools = ingressUrls.map((url) => new Pool(url));
  const statuses: Record<string, number> = {};
  let requests = 0;

  async function request(notification: Notification, head: SampleHead): Promise<number | null> {
    requests += 1;
    const number = requests;
    const { marker, source, subject, body, eventTypes } = notification;
    write({ request: number, marker, source, subject, bodyHash: createHash('sha256').update(body).digest('hex'), eventTypes });
    const status = await post(random.pick(pools), head, body);
    if (status !== null) write({ answered: number, status });
    const name = String(status ?? 'none');
    statuses[name] = (statuses[name] ?? 0) + 1;
    return status;
  }

  return {
    async deliver(notification) {
      const head = await sign(notification.source, notification.body);
      const once = random.oneIn(SENT_ONCE);
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        const status = await request(notification, head);
        if (isAccepted(status)) break;
        if (status !== null && status < 500) throw new Error(`${notification.source} was answered ${status}`);
        if (once) return 'given up';
        await delay(random.int(pauseMs / 2, pauseMs));
      }
      if (random.oneIn(REPEATED)) {
        await delay(random.int(0, LONGEST_REPEAT_MS));
        await request(notification, head);
      }
      return 'accepted';
    },
    statuses: () => statuses,
    close: async () => {
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}

const isAccepted = (status: number | null): boolean => status !== null && status < 400;

async function post(pool: Pool, { method, target, headers }: SampleHead, body: Buffer): Promise<number | null> {
  try {
    const answer = await pool.request({ method, path: target, headers: { ...headers }, body, signal: AbortSignal.timeout(ANSWER_MS) });
    const { statusCode } = answer;
    // The answer counts from its first byte, whatever becomes of the rest.
    await answer.body.dump().catch(() => undefined);
    return statusCode;
  } catch {
    return null;
  }
}
