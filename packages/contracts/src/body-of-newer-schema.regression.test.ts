import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EventType, eventTypes } from './event-types.ts';
import { asEvent } from './events.ts';
import { schemaTexts } from './generated/schemas.ts';
import { toWebhookBody } from './webhook-body.ts';
import { leftOut1, type Shape, shapes1 } from './webhook-members.ts';

const types = Object.keys(eventTypes) as EventType[];

/** Members that a body shows by name, outside of the event's own: of every event, and of those of one kind. */
const common = ['eventId', 'occurredAt', 'receivedAt', 'app', 'source', 'tenantId', 'conversationId', 'sequence', 'raw', 'extensions'];
const placed: Readonly<Record<string, readonly string[]>> = {
  messaging: ['messageId', 'originatorId', 'originatorName', 'originatorRole', 'channelId', 'serviceUrl', 'replyToId'],
  calling: ['callId', 'callChainId', 'protocol'],
  conversation: ['changeType', 'originatorId', 'channelId', 'serviceUrl'],
};

interface RecordSchema {
  readonly name: string;
  readonly namespace?: string;
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

/** The record within a type, at whatever depth of unions, arrays and maps; `known` holds those defined so far. */
function recordIn(type: unknown, known: Map<string, RecordSchema>): RecordSchema | undefined {
  if (typeof type === 'string') return known.get(type.split('.').at(-1) ?? '');
  if (Array.isArray(type)) return type.map((one: unknown) => recordIn(one, known)).find((found) => found !== undefined);
  const schema = type as { readonly type: unknown; readonly items?: unknown; readonly values?: unknown };
  if (schema.type !== 'record') return recordIn(schema.items ?? schema.values ?? (schema.type === 'enum' ? '' : schema.type), known);
  const record = type as RecordSchema;
  known.set(record.name, record);
  return record;
}

/** Members that the shape does not have although the record does, and those that it has and the record does not. */
function differences(
  record: RecordSchema,
  shape: Shape,
  name: string,
  others: readonly string[],
  known: Map<string, RecordSchema>,
): string[] {
  const found = Object.keys(shape).filter((member) => !record.fields.some((field) => field.name === member));
  const missing = record.fields.flatMap((field) => {
    const inner = recordIn(field.type, known);
    const path = `${name}.${field.name}`;
    if (others.includes(field.name) || leftOut1.has(path)) return [];
    const shown = shape[field.name];
    if (shown === undefined || (shown === true) !== (inner === undefined)) return [path];
    return inner === undefined || shown === true ? [] : differences(inner, shown, `${namespaceOf(name)}.${inner.name}`, [], known);
  });
  return [...found.map((member) => `${name}.${member} is no member`), ...missing];
}

const namespaceOf = (name: string) => name.split('.').slice(0, -1).join('.');

describe('version 1 of the webhook body', () => {
  it.each(types)('shows or names as left out every member of %s', (type) => {
    const name = eventTypes[type].record;
    const record = JSON.parse(schemaTexts[name]) as RecordSchema;
    const others = [...common, ...(placed[name.split('.')[1] ?? ''] ?? [])];
    expect(differences(record, shapes1[type], name, others, new Map())).toEqual([]);
  });

  it.each(types)('stays the same where the schema of %s gets more members', (type) => {
    const name = eventTypes[type].record;
    const golden = JSON.parse(readFileSync(new URL(`../golden/records/${name}.json`, import.meta.url), 'utf8')) as { value: object };
    const [event, newer] = [golden.value, { ...golden.value, addedLater: 'x' }].map((value) =>
      asEvent(type, { name, value: value as never }),
    );
    if (event === undefined || newer === undefined) throw new Error(`no event for ${type}`);
    expect(toWebhookBody(newer)).toBe(toWebhookBody(event));
    expect(toWebhookBody(newer)).not.toContain('addedLater');
  });
});
