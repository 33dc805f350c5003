import { Agent } from 'undici';
import { contentEvent, startDeliveryHarness } from '../../../services/delivery/src/testing/delivery-harness.ts';
import { serveCalls } from '../support/rpc.ts';

export interface AttemptTarget {
  /** PEM of the authority of the endpoint. */
  readonly authority: string;
  readonly endpoint: string;
}

const INSTALL = 'bench';
const CONCURRENCY = 100;
const BODY = JSON.stringify({ message: 'x'.repeat(600) });

let harness: Awaited<ReturnType<typeof startDeliveryHarness>> | undefined;
let agent: Agent | undefined;
let target: AttemptTarget | undefined;
let delivered = 0;

async function aim(at: AttemptTarget): Promise<void> {
  target = at;
}

/** Puts so many pending deliveries into the log in memory; resolves when they are there, while the attempts are being made. */
async function deliver(count: number): Promise<void> {
  if (target === undefined) throw new Error('there is no endpoint');
  if (harness === undefined) {
    const environment = { LANE_CONCURRENCY: String(CONCURRENCY), LANE_CAPACITY: '10000' };
    harness = await startDeliveryHarness({ authority: target.authority, environment });
    const webhook = { endpoint: target.endpoint, max_retries: 0 };
    harness.install(INSTALL, { capabilities: { webhooks: { 'ms.MessagingEventNotification.ContentEvent': webhook } } });
  }
  for (let index = 0; index < count; index += 1) {
    delivered += 1;
    await harness.deliver(INSTALL, contentEvent(`conversation-${delivered}`));
  }
}

/** Begins so many requests with undici alone. */
async function request(count: number): Promise<void> {
  if (target === undefined) throw new Error('there is no endpoint');
  const { origin, pathname } = new URL(target.endpoint);
  agent ??= new Agent({ connect: { ca: target.authority }, pipelining: 1, connections: CONCURRENCY });
  const using = agent;
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const headers = { 'content-type': 'application/json', 'ce-subject': 'bare' };
      const response = await using.request({ origin, path: pathname, method: 'POST', headers, body: BODY });
      await response.body.dump();
    }
  };
  void Promise.all(Array.from({ length: CONCURRENCY }, work));
}

const calls = { aim, deliver, request };
export type AttemptCalls = typeof calls;
serveCalls(calls);
