import type { InstallFact } from '../chaos/checker/facts.ts';
import { fewInstallFacts, installDocuments } from '../chaos/load/installs.ts';
import { LARGE_TENANT } from '../chaos/load/large-events.ts';

const TYPE = 'ms.MessagingEventNotification.ContentEvent';
/** More than a transaction of the fan-out holds in these runs (50): an event of this tenant is continued behind a cursor. */
const RECEIVERS = 55;

const ids = Array.from({ length: RECEIVERS }, (_, number) => `large-${String(number).padStart(2, '0')}`);

/** The installs of a run, as the checker knows them. */
export const installFacts: readonly InstallFact[] = [
  ...fewInstallFacts,
  ...ids.map((installId) => ({ installId, tenants: [LARGE_TENANT], webhooks: { [TYPE]: 1 } })),
];

export interface InstallDocument {
  readonly id: string;
  readonly document: object;
}

/** Their documents for the admin API. */
export function documents(receiverOrigin: string): readonly InstallDocument[] {
  return [
    ...installDocuments(receiverOrigin),
    ...ids.map((id) => ({
      id,
      document: {
        client_name: id,
        filter: { tenants: [LARGE_TENANT] },
        capabilities: { webhooks: { [TYPE]: { endpoint: `${receiverOrigin}/ok`, max_retries: 1 } } },
      },
    })),
  ];
}
