import type { InstallFact } from '../chaos/checker/facts.ts';
import { fewInstallFacts, installDocuments } from '../chaos/load/installs.ts';
import { LARGE_TENANT } from '../chaos/load/large-events.ts';
import { GUARD, GUARDED } from '../chaos/load/receiver-answer.ts';

const TYPE = 'ms.MessagingEventNotification.ContentEvent';
const GUARDED_TYPE = 'ms.MessagingEventNotification.RichContentEvent';
/** More than a transaction of the fan-out holds in these runs (50): an event of this tenant is continued behind a cursor. */
const RECEIVERS = 55;

const ids = Array.from({ length: RECEIVERS }, (_, number) => `large-${String(number).padStart(2, '0')}`);

/** Its webhook has secrets, which a release stores as it can: in the clear, or sealed. */
export const GUARDED_INSTALL = 'guarded';
/** Enough to outlive attempts that time out on a busy machine. */
const GUARDED_RETRIES = 3;

/** The installs of a run, as the checker knows them. */
export const installFacts: readonly InstallFact[] = [
  { installId: GUARDED_INSTALL, webhooks: { [GUARDED_TYPE]: GUARDED_RETRIES } },
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
    {
      id: GUARDED_INSTALL,
      document: {
        client_name: GUARDED_INSTALL,
        capabilities: {
          webhooks: {
            [GUARDED_TYPE]: {
              endpoint: `${receiverOrigin}/${GUARDED}?key=${GUARD.query}`,
              headers: [{ header_name: GUARD.headerName, header_value: GUARD.headerValue }],
              max_retries: GUARDED_RETRIES,
            },
          },
        },
      },
    },
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
