import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { retentionVariables } from '@switchboard/provisioning';
import { defineConfig, type Environment, kafkaRule, kafkaVariables, registryVariables, type Variables } from '@switchboard/runtime';

/** What the local stack takes from the environment of its process. */
export interface HostEnvironment {
  readonly javaHome: string | undefined;
  readonly path: string;
  /** Where Kafka and the registry are kept after the first fetch. */
  readonly cacheDir: string;
  /** Where the stack of `npm start` keeps everything, relative to the working directory. */
  readonly dataDir: string;
  /** Brokers to use instead of starting one. */
  readonly kafkaBrokers: readonly string[] | undefined;
  /** Registry to use instead of starting one. */
  readonly schemaRegistryUrl: string | undefined;
  /** The variables that say how the given brokers are connected to, as they are set; files by absolute path. */
  readonly kafkaAccess: Readonly<Record<string, string>>;
  /** The same for the given registry. */
  readonly registryAccess: Readonly<Record<string, string>>;
  /** TOPIC_PREFIX and the retention of topics, as they are set. */
  readonly topicSettings: Readonly<Record<string, string>>;
  /** Variables that every child process needs to find its tools and home. */
  readonly inherited: Readonly<Record<string, string>>;
  /** The same for Maven, with the user's options for it. */
  readonly inheritedByMaven: Readonly<Record<string, string>>;
}

const { topicPrefix, ...kafkaAccessVariables } = kafkaVariables;

/** How brokers and registry are connected to and topics created: the variables of every process, read as every process reads them. */
export const accessConfig = defineConfig({ ...kafkaVariables, ...registryVariables, ...retentionVariables }, [kafkaRule]);

const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'NODE_COMPILE_CACHE'];

/** Folder of the stack that `npm start` runs, for the tools that look for one too; an empty variable counts as absent. */
export function dataDirOf(environment: Environment): string {
  return environment.SWITCHBOARD_DATA_DIR || '.data';
}

/** Reads the environment; an empty variable counts as absent. */
export function readHostEnvironment(environment: NodeJS.ProcessEnv = process.env): HostEnvironment {
  const value = (name: string): string | undefined => environment[name] || undefined;
  const pick = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name): [string, string] => [name, value(name) ?? '']).filter(([, text]) => text !== ''));
  return {
    javaHome: value('JAVA_HOME'),
    path: value('PATH') ?? '',
    cacheDir: value('SWITCHBOARD_CACHE_DIR') ?? join(value('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'switchboard'),
    dataDir: dataDirOf(environment),
    kafkaBrokers: value('KAFKA_BROKERS')
      ?.split(',')
      .map((broker) => broker.trim())
      .filter((broker) => broker !== ''),
    schemaRegistryUrl: value('SCHEMA_REGISTRY_URL'),
    kafkaAccess: access(kafkaAccessVariables, 'KAFKA_BROKERS', value),
    registryAccess: access(registryVariables, 'SCHEMA_REGISTRY_URL', value),
    topicSettings: pick([topicPrefix, ...Object.values(retentionVariables)].map(({ name }) => name)),
    inherited: pick(INHERITED),
    inheritedByMaven: pick([...INHERITED, 'MAVEN_OPTS', 'MAVEN_ARGS']),
  };
}

function access(variables: Variables, address: string, value: (name: string) => string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, type } of Object.values(variables)) {
    if (name === address) continue;
    const text = value(name);
    if (text !== undefined) found[name] = type === 'file' ? resolve(text) : text;
    const file = type === 'secret' ? value(`${name}_FILE`) : undefined;
    if (file !== undefined) found[`${name}_FILE`] = resolve(file);
  }
  return found;
}
