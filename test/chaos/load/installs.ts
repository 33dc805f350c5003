import type { InstallFact } from '../checker/facts.ts';
import type { Endpoint } from './endpoints.ts';
import { manyInstallFacts } from './large-events.ts';
import { sentEventTypes } from './notifications.ts';

interface ChaosInstall {
  readonly id: string;
  /** Endpoint and most retries by event type. */
  readonly webhooks: Readonly<Record<string, readonly [endpoint: Endpoint, maxRetries: number]>>;
}

const messaging = 'ms.MessagingEventNotification';
const calling = 'calling.CallNotification';

/** Three of five events: a second delivery of each would make most of a run's time one of waiting for its backlog. */
const frequent = `${messaging}.ContentEvent`;

const installs: readonly ChaosInstall[] = [
  {
    id: 'everything-else',
    webhooks: Object.fromEntries(sentEventTypes.filter((type) => type !== frequent).map((type) => [type, ['ok', 0]])),
  },
  {
    id: 'messages',
    webhooks: {
      [frequent]: ['fails-at-first', 3],
      [`${messaging}.RichContentEvent`]: ['dies-at-times', 2],
      [`${messaging}.ChatStateEvent`]: ['slow', 1],
    },
  },
  {
    id: 'calls',
    webhooks: {
      [`${calling}.IncomingCallEvent`]: ['hangs-at-times', 2],
      [`${calling}.CallStateEvent`]: ['cuts-at-times', 3],
      // An endpoint that never works is left alone for most of the time: few deliveries, or they would take longer than the run.
      [`${calling}.ToneEvent`]: ['never', 1],
    },
  },
];

/** The few installs that the admin API writes, as the checker knows them. */
export const fewInstallFacts: readonly InstallFact[] = installs.map(({ id, webhooks }) => ({
  installId: id,
  webhooks: Object.fromEntries(Object.entries(webhooks).map(([type, [, maxRetries]]) => [type, maxRetries])),
}));

/** The installs of a run, as the checker knows them. */
export const installFacts: readonly InstallFact[] = [...fewInstallFacts, ...manyInstallFacts];

/** Documents of the few installs for the admin API, with endpoints of the receiver. */
export function installDocuments(receiverOrigin: string): readonly { readonly id: string; readonly document: object }[] {
  return installs.map(({ id, webhooks }) => ({
    id,
    document: {
      client_name: id,
      capabilities: {
        webhooks: Object.fromEntries(
          Object.entries(webhooks).map(([type, [endpoint, maxRetries]]) => [
            type,
            { endpoint: `${receiverOrigin}/${endpoint}`, max_retries: maxRetries },
          ]),
        ),
      },
    },
  }));
}
