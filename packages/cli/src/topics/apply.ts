import { registerSchemas, topics } from '@switchboard/contracts';
import type { AppliedTopic } from '@switchboard/event-log';
import { registryConnection } from '@switchboard/runtime';
import type { CliConfig } from '../config.ts';
import { openLog } from '../connections.ts';
import type { Output } from '../output.ts';

/** Creates and checks every topic and registers every schema; safe to run again. */
export async function applyTopicsAndSchemas(config: CliConfig, output: Output): Promise<void> {
  const { replicationFactor } = config;
  const applied = await openLog(config).applyTopics(Object.values(topics), replicationFactor === undefined ? {} : { replicationFactor });
  for (const topic of applied) output.line(describe(topic), { kind: 'topic', ...topic });
  for (const [subject, id] of await registerSchemas(registryConnection(config))) {
    output.line(`schema ${subject}: id ${id}`, { kind: 'schema', subject, id });
  }
}

function describe({ topic, outcome, differences }: AppliedTopic): string {
  const details = differences.map(({ name, wanted, found }) => `${name} is ${found}, declared ${wanted}`);
  return [`topic ${topic}: ${outcome}`, ...details].join('; ');
}
