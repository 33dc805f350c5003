import { connectCodec } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import { startService } from '@switchboard/runtime';
import { startNormalizer } from './app.ts';
import { environment, normalizerConfig } from './config.ts';

await startService({
  name: 'normalizer',
  config: normalizerConfig,
  environment,
  openLog: createKafkaLog,
  connectRegistry: connectCodec,
  start: startNormalizer,
});
