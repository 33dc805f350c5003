import { randomUUID } from 'node:crypto';
import { type EventType, headerNames, headerText, type RawNotification, topics } from '@switchboard/contracts';
import type { Appender, LogAdmin, LogRecord, Position } from '@switchboard/event-log';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../../services/normalizer/package.json' with { type: 'json' };
import { activityFor } from '../support/activities.ts';
import { eventually, showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent' satisfies EventType;
const RAW = 'switchboard.notifications.v1.RawNotification';
const GROUP = 'switchboard.normalizer';
/** In which nothing is seen to move. */
const STILL_MS = 2_000;

let stack: TestStack;
let admin: LogAdmin;
let appender: Appender;
let sample: RawNotification;

beforeAll(async () => {
  stack = await startTestStack({ services: ['ingress', 'normalizer'] });
  admin = await stack.log.admin();
  appender = await stack.log.appender();
  const { status, body } = await postOne();
  expect(status).toBe(200);
  const [stored] = await stack.stored(body);
  if (stored === undefined) throw new Error('the notification is not stored');
  sample = stored;
});

afterAll(async () => {
  await Promise.all([admin?.stop(), appender?.stop()]);
  await stack?.stop();
});

beforeEach(() => showLogsOnFailure(stack));

/** Posts a message; each try has one of its own, for the same again would stand among the rejected as a duplicate. */
const postOne = () =>
  untilTaken(async () => {
    const { body, ...signed } = await stack.signed('bot-framework', activityFor(CONTENT, { tenant: 'any' }));
    return { status: (await stack.post({ ...signed, body })).status, body };
  });

/** The bytes of another message, from the source that is given. */
function notification(source = sample.source): Buffer {
  return stack.codec.encode(RAW, { ...sample, source, notificationId: randomUUID(), dedupeKey: randomUUID() });
}

async function append(partition: number, value: Buffer): Promise<Position> {
  const key = Buffer.from(`standing-${partition}`);
  const outcome = await appender.append({ topic: topics.raw.name, key, value, partition });
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.position;
}

const nameOf = ({ topic, partition, offset }: Position): string => `${topic}-${partition}-${offset}`;

/** Raw records that have become messages, in the order of the messages. */
async function becameMessages(): Promise<readonly string[]> {
  const records = await stack.read(topics.messaging.name);
  const messages = records.filter(({ headers }) => headerText(headers, headerNames.eventType) === CONTENT);
  return messages.flatMap(({ value }) => (value === null ? [] : [stack.codec.decode('switchboard.messaging.v1.ContentEvent', value).raw]));
}

interface Rejected {
  readonly raw: string;
  readonly code: string;
  readonly schemaId: number | null;
  readonly codeVersion: string;
}

async function rejected(): Promise<readonly Rejected[]> {
  const decode = ({ value }: LogRecord) => {
    if (value === null) return [];
    const decoded = stack.codec.decode('switchboard.notifications.v1.RejectedNotification', value);
    const { topic, partition, offset, code, schemaId, codeVersion } = decoded;
    return [{ raw: `${topic}-${partition}-${offset}`, code, schemaId, codeVersion }];
  };
  return (await stack.read(topics.rejected.name)).flatMap(decode);
}

async function committed(partition: number): Promise<bigint> {
  return (await admin.committed(GROUP, topics.raw.name)).find((position) => position.partition === partition)?.offset ?? 0n;
}

const untilMessages = (positions: readonly Position[]): Promise<readonly string[]> =>
  eventually(async () => {
    const messages = await becameMessages();
    return positions.every((position) => messages.includes(nameOf(position))) ? messages : undefined;
  }, 60_000);

const stillness = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, STILL_MS));

async function health(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${stack.services.normalizer.healthUrl}${path}`);
  return { status: answer.status, text: await answer.text() };
}

describe('a record that is no notification', () => {
  it('becomes one rejected record with its code, and those around it their events in order', async () => {
    const before = await append(0, notification());
    const schemaId = stack.codec.schemaId(RAW);
    const poison = await append(0, Buffer.concat([notification().subarray(0, 5), Buffer.from('no notification')]));
    const after = await append(0, notification());
    const messages = await untilMessages([before, after]);
    expect(messages.indexOf(nameOf(before))).toBeLessThan(messages.indexOf(nameOf(after)));
    const { version: codeVersion } = manifest;
    expect(await rejected()).toEqual([{ raw: nameOf(poison), code: 'ERR_NORMALIZE_UNREADABLE', schemaId, codeVersion }]);
    await expect.poll(() => committed(0)).toBeGreaterThan(after.offset);
  });
});

describe('while the registry is away', () => {
  it('known schemas go on, an unknown one makes its partition wait alone, and all is made up for when the registry is back', async () => {
    const { registry, registryUrl } = stack.backbone;
    if (registry === undefined) throw new Error('the stack has no registry of its own');
    const newer = await registerAnother(registryUrl);
    const pid = stack.services.normalizer.pid();
    const before = (await rejected()).length;

    await registry.kill();
    expect((await postOne()).status).toBe(200);
    const waiting = await append(1, underSchema(newer, notification()));
    const behind = await append(1, notification());
    const elsewhere = await append(2, notification());
    await untilMessages([elsewhere]);
    await stillness();
    const messages = await becameMessages();
    expect(messages).not.toContain(nameOf(waiting));
    expect(messages).not.toContain(nameOf(behind));
    expect(await committed(1)).toBeLessThanOrEqual(waiting.offset);

    await registry.restart();
    const healed = await untilMessages([waiting, behind]);
    expect(healed.indexOf(nameOf(waiting))).toBeLessThan(healed.indexOf(nameOf(behind)));
    expect(await rejected()).toHaveLength(before);
    expect(stack.services.normalizer.pid()).toBe(pid);
  });

  /** A version of the raw schema that no running process has seen; gives its id. */
  async function registerAnother(registryUrl: string): Promise<number> {
    const url = `${registryUrl}/subjects/${RAW}/versions`;
    const latest = (await (await fetch(`${url}/latest`)).json()) as { readonly schema: string };
    const record = JSON.parse(latest.schema) as { readonly fields: readonly object[] };
    const fields = [...record.fields, { name: 'ofAnotherBuild', type: ['null', 'string'], default: null }];
    const schema = JSON.stringify({ ...record, fields });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ schema }) });
    const { id } = (await answer.json()) as { readonly id: number };
    expect(id).not.toBe(notification().readUInt32BE(1));
    return id;
  }

  /** The record as the other build writes it: its last member is the first of a union, null. */
  function underSchema(id: number, value: Buffer): Buffer {
    value.writeUInt32BE(id, 1);
    return Buffer.concat([value, Buffer.from([0])]);
  }
});

describe('when too large a share is rejected', () => {
  it('the normalizer stops, says so and keeps the lag; let through by an operator, it makes up for all', async () => {
    const before = await rejected();
    const strange = await Promise.all(Array.from({ length: 150 }, () => append(3, notification('a-source-of-tomorrow'))));
    await eventually(async () => ((await health('/readyz')).status === 503 ? true : undefined), 60_000);
    expect((await health('/readyz')).text).toContain('too large a share of the notifications was rejected');
    expect((await health('/metrics')).text).toMatch(/^normalizer_stopped_by_reject_share(\{[^}]*\})? 1$/m);
    expect((await health('/livez')).status).toBe(200);

    // The offset of the last transaction may be seen a little later than its output.
    await stillness();
    const [stoppedAt, rejectedThen] = [await committed(3), (await rejected()).length];
    const good = await append(3, notification());
    const elsewhere = await append(4, notification());
    await stillness();
    expect(await committed(3)).toBe(stoppedAt);
    expect(stoppedAt).toBeLessThan(strange.at(-1)?.offset ?? 0n);
    expect(await rejected()).toHaveLength(rejectedThen);
    expect(rejectedThen - before.length).toBeLessThan(strange.length);
    expect(await becameMessages()).not.toContain(nameOf(elsewhere));

    await stack.services.normalizer.restart({ REJECT_SHARE_PERCENT: '100' });
    await untilMessages([good, elsewhere]);
    const late = (await rejected()).filter(({ raw }) => before.every((earlier) => earlier.raw !== raw));
    expect(late.map(({ raw }) => raw).toSorted()).toEqual(strange.map(nameOf).toSorted());
    expect(new Set(late.map(({ code }) => code))).toEqual(new Set(['ERR_NORMALIZE_UNKNOWN_SOURCE']));
    expect((await health('/readyz')).status).toBe(200);
  });
});
