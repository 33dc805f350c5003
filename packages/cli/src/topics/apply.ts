import type { SettingDifference } from '@switchboard/event-log';
import { declaredTopics, type ProvisionedSchema, type ProvisionedTopic, provision } from '@switchboard/provisioning';
import { registryConnection } from '@switchboard/runtime';
import type { CliConfig } from '../config.ts';
import { openLog } from '../connections.ts';
import type { Output } from '../output.ts';

export interface ApplyOptions {
  /** Says what would be done and changes nothing. */
  readonly dryRun: boolean;
  /** Also sets what an operator changed. */
  readonly enforce: boolean;
}

/** Says which cluster it is, then creates and checks every topic and registers every schema; safe to run again. */
export async function applyTopicsAndSchemas(config: CliConfig, output: Output, options: ApplyOptions): Promise<void> {
  const log = openLog(config);
  const { clusterId, brokers } = await log.describeCluster();
  output.line(`cluster ${clusterId}: brokers ${brokers.join(', ')}`, { kind: 'cluster', clusterId, brokers });
  const registry = registryConnection(config);
  output.line(`registry ${registry.registryUrl}`, { kind: 'registry', url: registry.registryUrl });

  const { topics, schemas } = await provision({
    ...options,
    log,
    registry,
    topics: declaredTopics(config),
    topicPrefix: config.topicPrefix,
    replicationFactor: config.replicationFactor,
  });
  const { dryRun } = options;
  for (const topic of topics) output.line(describeTopic(topic, dryRun), { kind: 'topic', ...topic, dryRun });
  for (const schema of schemas) {
    output.line(describeSchema(schema), { kind: 'schema', subject: schema.subject, id: schema.id ?? null, dryRun });
  }
}

/** A line for people: the outcome, and every setting that is not as declared with what becomes of it. */
export function describeTopic({ topic, outcome, differences }: ProvisionedTopic, dryRun: boolean): string {
  const changes = outcome === 'created' || outcome === 'altered';
  const settings = differences.map((difference) => describeSetting(difference, dryRun));
  return [`topic ${topic}: ${dryRun && changes ? 'would be ' : ''}${outcome}`, ...settings].join('; ');
}

function describeSetting({ name, wanted, found, action }: SettingDifference, dryRun: boolean): string {
  switch (action) {
    case 'set':
      return `${name} ${dryRun ? 'would be set' : 'set'} to ${wanted}, was ${found}`;
    case 'kept':
      return `${name} is ${found}, set by an operator and kept; declared is ${wanted}, --enforce sets it`;
    case 'not-offered':
      return `${name}=${wanted} left out: the cluster does not offer it${found === undefined ? '' : `, it is ${found}`}`;
    case 'never-changed':
      return `${name} is ${found}, declared is ${wanted}; it is never changed`;
    default:
      return action satisfies never;
  }
}

function describeSchema({ subject, id }: ProvisionedSchema): string {
  return id === undefined ? `schema ${subject}: would be registered` : `schema ${subject}: id ${id}`;
}
