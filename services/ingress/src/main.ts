import { setFlagsFromString } from 'node:v8';
import { connectCodec } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { startService } from '@switchboard/runtime';
import { environment, ingressConfig } from './config.ts';
import { startIngress } from './start-ingress.ts';

// Otherwise V8 lets what a flood left behind grow to a multiple of what is in use before it collects it.
setFlagsFromString('--heap-growing-percent=50');

await startService({
  name: 'ingress',
  config: ingressConfig,
  environment,
  openLog: createKafkaLog,
  connectRegistry: connectCodec,
  start: startIngress,
});
