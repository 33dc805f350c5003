/** The sample receiver of a demo in containers: one line of JSON for every delivery. */

import { createLogger, exitOnProblems, runService } from '@switchboard/runtime';
import { headerOf, type ReceivedDelivery } from '../receiver/delivery.ts';
import { startReceiver } from '../receiver/start-receiver.ts';
import { readOrMakeCredentials } from '../stack/credentials.ts';
import { createCertificateAuthority } from '../tls/certificate-authority.ts';
import { readReceiverConfig } from './config.ts';
import { demoFiles } from './demo-files.ts';

const KEPT_DELIVERIES = 100;

const { host, logLevel, demoDir, receiverUrl } = exitOnProblems(readReceiverConfig());
const files = demoFiles(demoDir);
const logger = createLogger({ service: 'demo-receiver', level: logLevel });

await runService({
  name: 'demo-receiver',
  logger,
  start: async () => {
    const { receiverSecret } = await readOrMakeCredentials(files.credentials);
    const { hostname, port } = new URL(receiverUrl);
    const receiver = await startReceiver({
      authority: await createCertificateAuthority({ directory: files.authority }),
      host,
      port: Number(port),
      names: [hostname],
      keep: KEPT_DELIVERIES,
      onDelivery: (delivery) => logger.info(factsOf(delivery), 'Delivery received'),
    });
    receiver.trust(receiverSecret);
    return receiver;
  },
});

function factsOf(delivery: ReceivedDelivery) {
  return {
    path: delivery.path,
    type: headerOf(delivery, 'ce-type'),
    source: headerOf(delivery, 'ce-source'),
    subject: headerOf(delivery, 'ce-subject'),
    eventId: headerOf(delivery, 'ce-id'),
    deliveryId: headerOf(delivery, 'webhook-id'),
    signature: delivery.signature,
    bytes: delivery.body.length,
  };
}
