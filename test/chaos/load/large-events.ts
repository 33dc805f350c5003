import { randomBytes } from 'node:crypto';
import { applyInstallDocument, createSecretBox, readInstallDocument } from '@switchboard/app-installs';
import { type Codec, topics } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import type { InstallFact } from '../checker/facts.ts';
import type { Endpoint } from './endpoints.ts';

/** Events of this tenant are received by 300 installs, those of the other tenants by none of these. */
export const LARGE_TENANT = '5f0c8a8e-0000-4000-8000-1d3c0e6b7a21';

const OTHER_TENANT = '9a1d4c52-0000-4000-8000-7be2f3a4c5d6';
const TYPE = 'ms.MessagingEventNotification.ContentEvent';
const INSTALLS = 1_000;
/** So many receive the large events; the others receive nothing in a run. */
export const RECEIVERS = 300;
/** One in so many has an endpoint that fails at first. */
const FAILING = 15;

interface ManyInstall {
  readonly id: string;
  readonly tenant: string;
  readonly endpoint: Endpoint;
  readonly maxRetries: number;
}

const installs: readonly ManyInstall[] = Array.from({ length: INSTALLS }, (_, number) => ({
  id: `many-${String(number).padStart(4, '0')}`,
  // Spread over all ids, whose order the fan-out follows.
  tenant: (number * 7) % INSTALLS < RECEIVERS ? LARGE_TENANT : OTHER_TENANT,
  ...(number % FAILING === 0 ? { endpoint: 'fails-at-first', maxRetries: 3 } : { endpoint: 'ok', maxRetries: 0 }),
}));

/** The 1,000 installs, as the checker knows them. */
export const manyInstallFacts: readonly InstallFact[] = installs.map(({ id, tenant, maxRetries }) => ({
  installId: id,
  tenants: [tenant],
  webhooks: { [TYPE]: maxRetries },
}));

/** Their records, as the admin API would write them, for a topic that has no installs yet: one by one that would take a minute. */
export function manyInstallRecords(receiverOrigin: string, codec: Pick<Codec, 'encode'>, secretsKey: string): readonly OutRecord[] {
  const box = createSecretBox(Buffer.from(secretsKey, 'base64'));
  const change = { box, now: Date.now(), overlapMs: 0, newSecretId: () => randomBytes(4).toString('hex') };
  return installs.map(({ id, tenant, endpoint, maxRetries }) => {
    const outcome = readInstallDocument({
      client_name: id,
      filter: { tenants: [tenant] },
      capabilities: { webhooks: { [TYPE]: { endpoint: `${receiverOrigin}/${endpoint}`, max_retries: maxRetries } } },
      signing_secret: `whsec_${randomBytes(32).toString('base64')}`,
    });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    const { install } = applyInstallDocument(id, outcome.document, undefined, change);
    return { topic: topics.installs.name, key: Buffer.from(id), value: codec.encode('switchboard.installs.v1.AppInstall', install) };
  });
}
