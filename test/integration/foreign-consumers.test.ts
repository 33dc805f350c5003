import { randomUUID } from 'node:crypto';
import { eventTopics, headerNames, headerText, topics } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';
import { sources } from '@switchboard/sources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActivityEventType, activityFor } from '../support/activities.ts';
import { hasKcat, python, runKcat, runPython } from '../support/foreign-clients.ts';
import { eventually, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const ACTIVITIES: readonly ActivityEventType[] = [
  'ms.MessagingEventNotification.RichContentEvent',
  'ms.MessagingEventNotification.ChatStateEvent',
  'cqm.ExConversationChangeNotification',
];
/** Text that no two programs treat alike unless both get UTF-8 right. */
const TEXT = 'Grüße 👋 \u0000 “”';
const READ = [topics.raw, ...eventTopics].map(({ name }) => name);

let stack: TestStack;
let records: readonly LogRecord[];

beforeAll(async () => {
  stack = await startTestStack({ services: ['ingress', 'normalizer'] });
  const samples = (await Promise.all(sources.map((source) => source.sample(stack.signer(source.id))))).flat();
  const bodies = ACTIVITIES.map((type) => activityFor(type, { tenant: randomUUID(), text: TEXT }));
  const signed = await Promise.all(bodies.map((body) => stack.signed('bot-framework', body)));
  for (const request of [...samples, ...signed]) expect((await untilTaken(() => stack.post(request))).status).toBeLessThan(300);
  const expected = samples.flatMap(({ eventTypes }) => eventTypes).length + ACTIVITIES.length;
  records = await eventually(async () => {
    const all = (await Promise.all(READ.map((topic) => stack.read(topic)))).flat();
    return all.filter(({ topic }) => topic !== topics.raw.name).length >= expected ? all : undefined;
  });
});

afterAll(() => stack?.stop());

/** Order of one partition after the other: how clients interleave partitions is their own business. */
function sorted<One extends { readonly topic: string; readonly partition: number; readonly offset: number }>(
  all: readonly One[],
): readonly One[] {
  return all.toSorted((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset);
}

/** A decoded value as any program can print it: bytes in base64. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function parseLines(output: string): readonly unknown[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** A record as kcat prints it with -J; its headers are names and values in turn. */
interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: readonly string[];
}

function pairs(headers: readonly string[]): readonly (readonly [string, string])[] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as const] : []));
}

const place = ({ topic, partition, offset }: LogRecord) => ({ topic, partition, offset: Number(offset) });
const headersOf = ({ headers }: LogRecord) => headers.map(([name, value]) => [name, value.toString('utf8')]);

describe('a consumer of another language', () => {
  it('finds records of every event topic', () => {
    expect(new Set(records.map(({ topic }) => topic))).toEqual(new Set(READ));
    expect(new Set(records.map(({ headers }) => headerText(headers, headerNames.eventType))).size).toBeGreaterThan(8);
  });

  it.skipIf(python === undefined)('in Python, with the Avro deserializer of confluent-kafka, reads what the codec here reads', async () => {
    const output = await runPython('read_events.py', stack.backbone.brokers.join(), stack.backbone.registryUrl, ...READ);
    const read = parseLines(output) as readonly { topic: string; partition: number; offset: number }[];
    const expected = records.map((record) => ({
      ...place(record),
      timestamp: record.timestamp,
      key: record.key?.toString('utf8'),
      headers: headersOf(record),
      value: plain(stack.codec.decodeAny(record.value ?? Buffer.alloc(0)).value),
    }));
    expect(sorted(read)).toEqual(sorted(expected));
    expect(JSON.stringify(read)).toContain(JSON.stringify(TEXT).slice(1, -1));
  });

  it.skipIf(!hasKcat)('with kcat, sees keys, CloudEvents headers, the framing byte and the id of a registered schema', async () => {
    const from = ['-b', stack.backbone.brokers.join(), '-C', '-e', '-q', '-X', 'isolation.level=read_committed'];
    const outputs = await Promise.all(eventTopics.map(({ name }) => runKcat(...from, '-J', '-t', name)));
    const seen = outputs.flatMap(parseLines) as readonly Seen[];
    const events = records.filter(({ topic }) => topic !== topics.raw.name);
    const expected = events.map((record) => ({ ...place(record), key: record.key?.toString('utf8'), headers: headersOf(record).flat() }));
    expect(sorted(seen.map(({ topic, partition, offset, key, headers }) => ({ topic, partition, offset, key, headers })))).toEqual(
      sorted(expected),
    );
    for (const { key, headers } of seen) {
      const header = Object.fromEntries(pairs(headers));
      expect(header).toMatchObject({ ce_specversion: '1.0', ce_subject: key, ce_partitionkey: key, 'content-type': 'application/avro' });
    }

    // One unsigned byte and one big-endian int of four bytes, printed one after the other; the rest is left alone.
    const framing = await Promise.all(
      eventTopics.map(({ name }) => runKcat(...from, '-s', 'value=>BI', '-f', '%t %p %o %s\n', '-t', name)),
    );
    const framed = framing.join('').trimEnd().split('\n');
    expect(framed.toSorted()).toEqual(
      events.map((one) => `${one.topic} ${one.partition} ${one.offset} 0${one.value?.readUInt32BE(1)}`).toSorted(),
    );
    for (const line of framed) {
      const [topic, partition, offset, framingAndId] = line.split(' ');
      const { headers } = seen.find((one) => `${one.topic} ${one.partition} ${one.offset}` === `${topic} ${partition} ${offset}`) ?? {
        headers: [],
      };
      const answer = await fetch(`${stack.backbone.registryUrl}/schemas/ids/${framingAndId?.slice(1)}`);
      const { name, namespace } = JSON.parse(((await answer.json()) as { schema: string }).schema);
      const { ce_dataschema: dataSchema } = Object.fromEntries(pairs(headers));
      expect(dataSchema?.split(':').slice(0, 3)).toEqual(['urn', 'switchboard', `${namespace}.${name}`]);
    }
  });
});
