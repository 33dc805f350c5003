import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EventType, eventTypes } from './event-types.ts';
import { asEvent } from './events.ts';
import { createOfflineCodec } from './offline-codec.ts';
import { type RecordName, recordNames } from './schema-types.ts';
import { toWebhookBody } from './webhook-body.ts';

const golden = new URL('../golden/', import.meta.url);
const codec = createOfflineCodec();

/** Buffers stand in the golden files as {"base64": …}. */
function revive(_name: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'base64' in value ? Buffer.from(String(value.base64), 'base64') : value;
}

function goldenRecord(name: RecordName): { value: never; hex: string } {
  return JSON.parse(readFileSync(new URL(`records/${name}.json`, golden), 'utf8'), revive);
}

describe('golden bytes', () => {
  it.each(recordNames)('%s is encoded to the committed bytes and read back to the committed value', (name) => {
    const { value, hex } = goldenRecord(name);
    const bytes = codec.encode(name, value);
    expect(bytes.subarray(5).toString('hex')).toBe(hex);
    expect(JSON.parse(JSON.stringify(codec.decode(name, bytes)))).toEqual(JSON.parse(JSON.stringify(value)));
  });
});

describe('golden webhook bodies', () => {
  it.each(Object.keys(eventTypes) as EventType[])('%s is sent as the committed body', (type) => {
    const name = eventTypes[type].record;
    const event = asEvent(type, { name, value: goldenRecord(name).value });
    if (event === undefined) throw new Error(`no event for ${type}`);
    const expected = JSON.parse(readFileSync(new URL(`bodies/${type}.json`, golden), 'utf8'));
    expect(JSON.parse(toWebhookBody(event))).toEqual(expected);
    expect(toWebhookBody(event)).toBe(JSON.stringify(expected));
  });
});
