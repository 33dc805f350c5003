import { readFileSync } from 'node:fs';
import type { Topic } from '@switchboard/contracts';
import { declaredTopics } from '@switchboard/provisioning';
import { type KafkaConnection, kafkaConnection, registryConnection } from '@switchboard/runtime';
import { accessConfig } from '../config.ts';
import { StackError } from '../errors.ts';

/** What brokers and registry ask of a client, and the topics to create. */
export interface Access {
  readonly kafka: Omit<KafkaConnection, 'brokers'>;
  readonly registry: Omit<ReturnType<typeof registryConnection>, 'registryUrl'>;
  readonly topics: readonly Topic[];
}

/** Reads the variables as the services do. Throws ERR_STACK_CONFIG with every problem of them. */
export function readAccess(variables: Readonly<Record<string, string>>): Access {
  const outcome = accessConfig.read(variables);
  if (!outcome.ok) throw new StackError('ERR_STACK_CONFIG', outcome.problems.join('; '));
  const { brokers: _brokers, ...kafka } = kafkaConnection(outcome.config, (path) => readFileSync(path, 'utf8'));
  const { registryUrl: _registryUrl, ...registry } = registryConnection(outcome.config);
  return { kafka, registry, topics: declaredTopics(outcome.config) };
}
