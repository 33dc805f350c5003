/** The ingress, which kills itself where CRASH_AT says. */
import { readFileSync } from 'node:fs';
import { connectCodec, topics, uuidv7 } from '@switchboard/contracts';
import { createKafkaLog } from '@switchboard/event-log';
import {
  createLogger,
  createMetrics,
  exitOnProblems,
  kafkaConnection,
  registryConnection,
  runService,
  trustAuthorities,
} from '@switchboard/runtime';
import { createKeySets } from '@switchboard/source-kit';
import { sources } from '@switchboard/sources';
import { createApp } from '../../../services/ingress/src/app.ts';
import { environment, readConfig } from '../../../services/ingress/src/config.ts';
import { crashAt } from './crash-at.ts';
import { wrapAppenders } from './wrap-appender.ts';

const pass = crashAt(process.env.CRASH_AT);
const readText = (path: string) => readFileSync(path, 'utf8');
const config = exitOnProblems(readConfig());
const logger = createLogger({ service: 'ingress', level: config.logLevel });
if (config.extraCaFile !== undefined) trustAuthorities(readText(config.extraCaFile));

const log = wrapAppenders(createKafkaLog({ ...kafkaConnection(config, readText), clientId: 'switchboard-ingress', logger }), {
  after({ topic }, { ok }) {
    if (ok && topic === topics.raw.name) pass('after-append-before-answer');
  },
});

await runService({
  name: 'ingress',
  logger,
  start: () =>
    createApp(config, {
      ...{ log, logger, sources, environment, readText },
      ...{ now: () => Date.now(), monotonic: () => performance.now(), newId: uuidv7, random: Math.random },
      connectCodec: () => connectCodec(registryConnection(config)),
      createKeySets: (report) => createKeySets({ report }),
      metrics: createMetrics('ingress'),
    }),
});
