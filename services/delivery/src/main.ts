import { connectCodec } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { startService } from '@switchboard/runtime';
import { startDelivery } from './app.ts';
import { deliveryConfig, environment } from './config.ts';

await startService({
  name: 'delivery',
  config: deliveryConfig,
  environment,
  openLog: createKafkaLog,
  connectRegistry: connectCodec,
  start: startDelivery,
});
