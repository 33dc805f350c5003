import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type EventType, eventTypes } from './event-types.ts';
import { asEvent } from './events.ts';
import { createOfflineCodec } from './offline-codec.ts';
import { recordNames } from './schema-types.ts';
import { goldenRecord } from './testing/golden-files.ts';
import { toWebhookBody } from './webhook-body.ts';

const golden = new URL('../golden/', import.meta.url);
const codec = createOfflineCodec();

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
