import { type EventType, eventTypes, recordNames, type Topic, topics } from '../../packages/contracts/src/index.ts';
import {
  type ConfigDefinition,
  defineConfig,
  describeConfig,
  kafkaVariables,
  registryVariables,
  serviceVariables,
  type Variables,
} from '../../packages/runtime/src/index.ts';
import type { CodeList } from './code-lists.ts';
import { flows } from './flows.ts';
import { type Tables, table } from './generated-tables.ts';
import { metricsOf } from './metrics.ts';

type TopicName = keyof typeof topics;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface TableParts {
  readonly definitions: Readonly<Record<string, ConfigDefinition<Variables>>>;
  readonly lists: readonly CodeList[];
  /** Source files by path. */
  readonly production: ReadonlyMap<string, string>;
}

/** Every table that follows from the code, by name. */
export function projectTables({ definitions, lists, production }: TableParts): Tables {
  return {
    topics: topicTable(),
    records: recordTable(),
    'event types': eventTable(),
    metrics: metricTable(production),
    ...variableTables(definitions),
    ...Object.fromEntries(
      lists.map(({ name, head, rows }) => [
        name,
        table(
          head,
          [...rows].map(([code, cells]) => [`\`${code}\``, ...cells]),
        ),
      ]),
    ),
  };
}

function variableTables(definitions: TableParts['definitions']): Tables {
  const shared = { ...kafkaVariables, ...registryVariables, ...serviceVariables };
  const own = Object.entries(definitions).map(([process, { variables }]) => {
    const rest = Object.fromEntries(Object.entries(variables).filter(([key]) => !Object.hasOwn(shared, key)));
    return [`variables of ${process}`, describeConfig(defineConfig(rest))] as const;
  });
  return { 'variables of all': describeConfig(defineConfig(shared)), ...Object.fromEntries(own) };
}

function topicTable(): string {
  const rows = (Object.keys(topics) as TopicName[]).map((name) => {
    const topic: Topic = topics[name];
    const { producer, consumers } = flows[name];
    return [`\`${topic.name}\``, topic.key, topic.value, String(topic.partitions), keptFor(topic), producer, consumers];
  });
  return table(['topic', 'key', 'value', 'partitions', 'kept', 'written by', 'read by'], rows);
}

function keptFor({ cleanup, retentionMs, retention }: Topic): string {
  if (cleanup === 'compact') return 'newest of each key';
  const period = retentionMs % DAY_MS === 0 ? `${retentionMs / DAY_MS} days` : `${retentionMs / HOUR_MS} h`;
  const kept = retentionMs < 0 ? 'no expiry' : period;
  return retention === undefined ? kept : `${kept}; \`RETENTION_${retention.toUpperCase()}\``;
}

function recordTable(): string {
  const names = Object.keys(topics) as TopicName[];
  const rows = recordNames.map((record) => {
    const event = (Object.keys(eventTypes) as EventType[]).find((type) => eventTypes[type].record === record);
    const short = record.slice(record.lastIndexOf('.') + 1);
    const found = names.filter((name) =>
      event === undefined
        ? topics[name].value === short
        : (eventTypes[event].topic ?? topics[name].name) === topics[name].name && topics[name].name.startsWith('events.'),
    );
    const all = found.map((name) => topics[name]);
    const [first] = found;
    return [
      `[${record}](${record}.avsc)`,
      all.map(({ name }) => `\`${name}\``).join(', '),
      [...new Set(all.map(({ key }) => key))].join(' or '),
      'FULL_TRANSITIVE',
      first === undefined ? '–' : flows[first].producer,
      first === undefined ? '–' : flows[first].consumers,
    ];
  });
  return table(['record', 'topic', 'key', 'compatibility', 'written by', 'read by'], rows);
}

function eventTable(): string {
  const rows = (Object.keys(eventTypes) as EventType[]).map((type) => {
    const { record, topic } = eventTypes[type];
    return [`\`${type}\``, topic === null ? "its source's own" : `\`${topic}\``, `\`${record}\``];
  });
  return table(['event type', 'topic', 'record'], rows);
}

function metricTable(production: ReadonlyMap<string, string>): string {
  const metrics = [...production].filter(([path]) => path.startsWith('services/')).flatMap(([, text]) => metricsOf(text));
  const rows = metrics
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, kind, labels, help }) => [`\`${name}\``, kind, labels.map((label) => `\`${label}\``).join(', '), help]);
  return table(['metric', 'kind', 'labels', 'meaning'], rows);
}
