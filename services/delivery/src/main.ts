import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readTokens, watchTokens } from '@switchboard/app-installs';
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
  start: async (context) => {
    const { adminTokensFile: path, adminTokensPollMs: pollMs } = context.config;
    const text = readFileSync(path, 'utf8');
    const tokens = readTokens(text);
    if (!tokens.ok) throw new Error(`ADMIN_TOKENS_FILE: ${tokens.problems.join('; ')}`);
    const readText = (file: string) => readFile(file, 'utf8');
    const { authenticate } = watchTokens({ ...context, path, text, authenticate: tokens.authenticate, readText, pollMs });
    return startDelivery(context, authenticate);
  },
});
