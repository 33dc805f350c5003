import { readFileSync } from 'node:fs';
import { uuidv7 } from '@switchboard/contracts';
import { createKeySets } from '@switchboard/source-kit';
import { sources } from '@switchboard/sources';
import { type App, createApp, type IngressContext } from './app.ts';
import { environment } from './config.ts';

/** Starts the ingress with the files, the environment and the clock of the process. SIGHUP reloads its files. */
export async function startIngress(context: IngressContext): Promise<App> {
  const app = await createApp(context, {
    sources,
    createKeySets: (report) => createKeySets({ report }),
    environment,
    readText: (path) => readFileSync(path, 'utf8'),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    newId: uuidv7,
    random: Math.random,
  });
  process.on('SIGHUP', () => void app.reload());
  return app;
}
