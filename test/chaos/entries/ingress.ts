/** The ingress, which kills itself where CRASH_AT says. */
import { connectCodec, topics } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { startService } from '@switchboard/runtime';
import { environment, ingressConfig } from '../../../services/ingress/src/config.ts';
import { startIngress } from '../../../services/ingress/src/start-ingress.ts';
import { crashAt } from './crash-at.ts';
import { wrapAppenders } from './wrap-appender.ts';

const pass = crashAt(process.env.CRASH_AT);

await startService({
  name: 'ingress',
  config: ingressConfig,
  environment,
  openLog: (options) =>
    wrapAppenders(createKafkaLog(options), {
      after({ topic }, { ok }) {
        if (ok && topic === topics.raw.name) pass('after-append-before-answer');
      },
    }),
  connectRegistry: connectCodec,
  start: startIngress,
});
