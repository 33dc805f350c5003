import { createInstallIndex } from '@switchboard/app-installs';
import { exampleInstall } from '@switchboard/app-installs/testing';
import {
  type AppInstall,
  createOfflineCodec,
  deliveryHeaders,
  deliveryIdOf,
  eventHeaders,
  headerNames,
  textHeader,
  topics,
} from '@switchboard/contracts';
import type { LogRecord, OutRecord, Step } from '@switchboard/event-log';
import { describe, expect, it } from 'vitest';
import { CONTENT, contentEvent } from '../testing/delivery-harness.ts';
import { createFanOut } from './fan-out.ts';

const codec = createOfflineCodec();

function recordOf(event = contentEvent('19:talk'), change: Partial<LogRecord> = {}): LogRecord {
  return {
    topic: topics.messaging.name,
    partition: 3,
    offset: 7n,
    timestamp: 1,
    key: Buffer.from(event.key),
    value: codec.encode(
      'switchboard.messaging.v1.ContentEvent',
      event.record as Parameters<typeof codec.encode<'switchboard.messaging.v1.ContentEvent'>>[1],
    ),
    headers: eventHeaders(event, codec, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
    ...change,
  };
}

function fanOutOf(installs: readonly AppInstall[], readable = codec) {
  const index = createInstallIndex();
  for (const install of installs) index.put(install);
  const unreadable: LogRecord[] = [];
  const counted = { events: 0, deliveries: 0 };
  const fanOut = createFanOut({
    view: index,
    codec: readable,
    now: () => 1_000,
    onUnreadable: (record) => unreadable.push(record),
    onEvent: () => {
      counted.events += 1;
    },
    onDelivery: () => {
      counted.deliveries += 1;
    },
  });
  return {
    index,
    unreadable,
    counted,
    /** The first steps of an event, all of them unless told. */
    async steps(
      record: LogRecord,
      { cursor, most = Number.POSITIVE_INFINITY, onStep = () => {} }: StepsOptions = {},
    ): Promise<readonly Step[]> {
      const steps: Step[] = [];
      for await (const step of fanOut.process(record, cursor)) {
        steps.push(step);
        onStep(steps.length);
        if (steps.length === most) break;
      }
      return steps;
    },
    async run(records: readonly LogRecord[]): Promise<readonly OutRecord[]> {
      const out: OutRecord[] = [];
      for (const record of records) for await (const step of fanOut.process(record, undefined)) out.push(...step.records);
      return out;
    },
  };
}

interface StepsOptions {
  readonly cursor?: string | undefined;
  readonly most?: number;
  /** Called after each step with the number of steps so far. */
  readonly onStep?: (count: number) => void;
}

const idOf = (number: number): string => `install-${String(number).padStart(4, '0')}`;
const installsOf = (count: number): readonly AppInstall[] =>
  Array.from({ length: count }, (_, number) => exampleInstall({ installId: idOf(number) }));
const receivers = (steps: readonly Step[]): readonly (string | undefined)[] =>
  steps.flatMap(({ records }) => records.map(({ headers }) => deliveryHeaders.read(headers ?? [])?.installId));

it('makes one pending delivery for each install that receives the event, with the bytes and headers of the event', async () => {
  const installs = [
    exampleInstall({ installId: 'a', version: 4 }),
    exampleInstall({ installId: 'b', paused: true }),
    exampleInstall({ installId: 'off', enabled: false }),
    exampleInstall({ installId: 'other', webhooks: {} }),
    exampleInstall({ installId: 'elsewhere', filter: { apps: null, tenants: ['tenant-2'], sources: null } }),
  ];
  const event = contentEvent('19:talk');
  const record = recordOf(event);
  const deliveries = await fanOutOf(installs).run([record]);

  expect(
    deliveries.map(({ topic, key, value, timestamp }) => ({ topic, key: key.toString(), same: value === record.value, timestamp })),
  ).toEqual([
    { topic: topics.pending.name, key: 'a:19:talk', same: true, timestamp: 1_000 },
    { topic: topics.pending.name, key: 'b:19:talk', same: true, timestamp: 1_000 },
  ]);
  expect(deliveryHeaders.read(deliveries[0]?.headers ?? [])).toEqual({
    deliveryId: deliveryIdOf(event.record.eventId, 'a'),
    installId: 'a',
    installVersion: 4,
    attempts: 0,
    deferrals: 0,
    run: '0',
    firstAt: 1_000,
    bodyVersion: 1,
  });
  expect(deliveries[0]?.headers).toEqual(expect.arrayContaining([...record.headers]));
});

it('gives the same event and install the same delivery id every time', async () => {
  const { run } = fanOutOf([exampleInstall()]);
  const record = recordOf();
  const ids = (await run([record, record])).map(({ headers }) => deliveryHeaders.read(headers ?? [])?.deliveryId);
  expect(new Set(ids).size).toBe(1);
});

it('keeps the order of the events', async () => {
  const { run } = fanOutOf([exampleInstall()]);
  const events = Array.from({ length: 5 }, () => contentEvent());
  const deliveries = await run(events.map((event) => recordOf(event)));
  expect(deliveries.map(({ headers }) => deliveryHeaders.read(headers ?? [])?.deliveryId)).toEqual(
    events.map((event) => deliveryIdOf(event.record.eventId, 'install-1')),
  );
});

it('skips records that are no events, and reports them', async () => {
  const { run, unreadable } = fanOutOf([exampleInstall()]);
  const records = [
    recordOf(undefined, { value: Buffer.from('not framed') }),
    recordOf(undefined, { headers: [] }),
    recordOf(undefined, { value: null }),
    recordOf(undefined, { headers: [textHeader(headerNames.eventType, 'cqm.ExConversationChangeNotification')] }),
  ];
  expect(await run(records)).toEqual([]);
  expect(unreadable).toEqual(records);
});

it('waits while the schema of an event cannot be fetched', async () => {
  const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 99]), Buffer.from('x')]);
  await expect(fanOutOf([exampleInstall()]).run([recordOf(undefined, { value })])).rejects.toThrow('schema id 99');
});

it('waits at an event type of a newer build that an install names, and skips one that no install names', async () => {
  const record = recordOf(undefined, { headers: [textHeader(headerNames.eventType, 'new.Type')] });
  const naming = exampleInstall({
    webhooks: { 'new.Type': exampleInstall().webhooks[CONTENT] as NonNullable<AppInstall['webhooks'][string]> },
  });
  await expect(fanOutOf([naming]).run([record])).rejects.toThrow('new.Type');
  expect(await fanOutOf([exampleInstall()]).run([record])).toEqual([]);
});

describe('an event with 250 matching installs', () => {
  it('has one step for each, in ascending order of the install ids, each with its id as the cursor but for the last', async () => {
    const { steps } = fanOutOf(installsOf(250).toReversed());
    const found = await steps(recordOf());
    expect(found.flatMap(({ records }) => records)).toHaveLength(250);
    expect(receivers(found)).toEqual(installsOf(250).map(({ installId }) => installId));
    expect(found.slice(0, -1).map(({ cursor }) => cursor)).toEqual(receivers(found).slice(0, -1));
    expect(found.at(-1)?.cursor).toBeUndefined();
  });

  it.each([1, 99, 100, 101, 249])('is continued after %i installs with the rest of them', async (done) => {
    const { steps, counted } = fanOutOf(installsOf(250));
    const record = recordOf();
    const first = await steps(record, { most: done });
    const rest = await steps(record, { cursor: first.at(-1)?.cursor });
    expect([...receivers(first), ...receivers(rest)]).toEqual(installsOf(250).map(({ installId }) => installId));
    expect(counted).toEqual({ events: 1, deliveries: 250 });
  });

  it('is continued where the install of the cursor was removed', async () => {
    const { steps, index } = fanOutOf(installsOf(250));
    const record = recordOf();
    const first = await steps(record, { most: 120 });
    index.remove(idOf(119));
    expect(receivers(await steps(record, { cursor: first.at(-1)?.cursor }))).toEqual(receivers(await steps(record)).slice(119));
  });

  it('goes once to every install that does not change while it is continued, and at most once to those that do', async () => {
    const { steps, index } = fanOutOf(installsOf(250));
    const changing = [5, 55, 105, 155, 205].map(idOf);
    const found = await steps(recordOf(), {
      onStep(count) {
        if (count !== 60) return;
        for (const installId of changing) index.put(exampleInstall({ installId, version: 2, enabled: false }));
        index.remove(idOf(150));
        index.put(exampleInstall({ installId: `${idOf(200)}-created` }));
      },
    });
    const ids = receivers(found);
    expect(new Set(ids).size).toBe(ids.length);
    const unchanged = installsOf(250)
      .map(({ installId }) => installId)
      .filter((id) => !changing.includes(id) && id !== idOf(150));
    expect(ids).toEqual(expect.arrayContaining(unchanged));
    // Those that were looked up after the change: it counts.
    expect(ids).not.toContain(idOf(205));
    expect(ids).toContain(`${idOf(200)}-created`);
  });
});
