import { connectCodec } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { startService } from '@switchboard/runtime';
import { startAdmin } from './app.ts';
import { adminConfig, environment } from './config.ts';

await startService({
  name: 'admin',
  config: adminConfig,
  environment,
  openLog: createKafkaLog,
  connectRegistry: connectCodec,
  start: startAdmin,
});
