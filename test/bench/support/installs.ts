import { randomBytes } from 'node:crypto';
import { applyInstallDocument, createSecretBox, readInstallDocument } from '@switchboard/app-installs';
import { topics } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import type { BenchStack } from './bench-stack.ts';
import { appendAll } from './preload.ts';

/** The event type that installs of the bench receive. */
export const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

export interface InstallPlan {
  readonly count: number;
  /** The tenant whose events the install receives. */
  readonly tenantOf: (index: number) => string;
  readonly endpoint: string;
}

/** Writes installs by the thousand, without the admin API. No other writer is allowed at the same time. */
export interface InstallWriter {
  /** SECRETS_KEY of the delivery that is to open their secrets. */
  readonly secretsKey: string;
  /** Puts these installs in place of those written before. The delivery must not run. */
  replace(stack: BenchStack, plans: readonly InstallPlan[]): Promise<void>;
}

export function createInstallWriter(): InstallWriter {
  const key = randomBytes(32);
  const box = createSecretBox(key);
  const change = { box, now: Date.now(), overlapMs: 0, newSecretId: () => randomBytes(4).toString('hex') };
  let written: readonly string[] = [];

  function recordOf(stack: BenchStack, id: string, tenant: string, endpoint: string): OutRecord {
    const outcome = readInstallDocument({
      client_name: id,
      filter: { tenants: [tenant] },
      capabilities: { webhooks: { [CONTENT]: { endpoint, max_retries: 0 } } },
      signing_secret: `whsec_${randomBytes(32).toString('base64')}`,
    });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    const { install } = applyInstallDocument(id, outcome.document, undefined, change);
    return { topic: topics.installs.name, key: Buffer.from(id), value: stack.codec.encode('switchboard.installs.v1.AppInstall', install) };
  }

  return {
    secretsKey: key.toString('base64'),
    async replace(stack, plans) {
      const removed = written.map((id) => ({ topic: topics.installs.name, key: Buffer.from(id), value: null }));
      const all = plans.flatMap(({ count, tenantOf, endpoint }, plan) =>
        Array.from({ length: count }, (_, index) => ({
          id: `bench-${plan}-${String(index).padStart(5, '0')}`,
          tenant: tenantOf(index),
          endpoint,
        })),
      );
      await appendAll(stack, [...removed, ...all.map(({ id, tenant, endpoint }) => recordOf(stack, id, tenant, endpoint))]);
      written = all.map(({ id }) => id);
    },
  };
}
