import { randomUUID } from 'node:crypto';
import { eventTopics, topics } from '@switchboard/contracts';
import { sources } from '@switchboard/sources';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activityFor } from '../support/activities.ts';
import { openKafkaParts } from '../support/event-log.ts';
import { showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';
const MESSAGES = 20;

// One is the beginning of the other, which must not matter.
const PREFIXES = ['blue.', 'blue.green.'] as const;

let blue: TestStack;
let green: TestStack;

beforeAll(async () => {
  blue = await startTestStack({ topicPrefix: PREFIXES[0] });
  green = await startTestStack({
    topicPrefix: PREFIXES[1],
    kafkaBrokers: blue.backbone.brokers,
    schemaRegistryUrl: blue.backbone.registryUrl,
  });
});

afterAll(async () => {
  await green?.stop();
  await blue?.stop();
});

const install = (stack: TestStack) =>
  stack.install('everything', {
    client_name: 'everything',
    capabilities: { webhooks: { [CONTENT]: { endpoint: `${stack.receiver.origin}/hook` } } },
  });

/** Posts messages that say who they are for; gives their texts. */
async function notify(stack: TestStack, name: string): Promise<readonly string[]> {
  const texts = Array.from({ length: MESSAGES }, () => `${name} ${randomUUID()}`);
  await Promise.all(
    texts.map(async (text) => {
      const signed = await stack.signed('bot-framework', activityFor(CONTENT, { tenant: randomUUID(), text }));
      expect((await untilTaken(() => stack.post(signed))).status).toBe(200);
    }),
  );
  return texts;
}

const textsAt = (stack: TestStack): readonly string[] =>
  stack.receiver.deliveries('/hook').flatMap(({ body }) => /(?:blue|green) [0-9a-f-]{36}/.exec(body.toString('utf8')) ?? []);

it('two deployments with two prefixes on one broker and registry deliver what is theirs, and only that', async () => {
  showLogsOnFailure(blue);
  showLogsOnFailure(green);
  // The same install id, INSTANCE_ID and groups in both: only the prefix tells their transactional ids apart.
  await Promise.all([install(blue), install(green)]);
  const [ofBlue, ofGreen] = await Promise.all([notify(blue, 'blue'), notify(green, 'green')]);
  await Promise.all([
    blue.receiver.until(() => textsAt(blue).length >= MESSAGES, 60_000),
    green.receiver.until(() => textsAt(green).length >= MESSAGES, 60_000),
  ]);
  expect(textsAt(blue).toSorted()).toEqual(ofBlue.toSorted());
  expect(textsAt(green).toSorted()).toEqual(ofGreen.toSorted());
});

it('a notification of every source makes events that refer to it without the prefix', async () => {
  showLogsOnFailure(green);
  const samples = (await Promise.all(sources.map((source) => source.sample(green.signer(source.id))))).flat();
  for (const sample of samples) expect((await untilTaken(() => green.post(sample))).status).toBeLessThan(300);
  const expected = MESSAGES + samples.flatMap(({ eventTypes }) => eventTypes).length;
  const readEvents = async () => (await Promise.all(eventTopics.map(({ name }) => green.read(name)))).flat();
  await expect.poll(async () => (await readEvents()).length, { timeout: 60_000 }).toBe(expected);
  for (const { value, topic } of await readEvents()) {
    expect(topic).toMatch(/^events\./);
    const { value: event } = green.codec.decodeAny(value ?? Buffer.alloc(0));
    expect(event).toMatchObject({ raw: expect.stringMatching(/^notifications\.raw\.v1-\d+-\d+$/) });
  }
  const events = await Promise.all(eventTopics.map(({ name }) => blue.read(name)));
  expect(events.flat()).toHaveLength(MESSAGES);
});

it('every topic and group in Kafka has one of the prefixes', async () => {
  const admin = openKafkaParts(blue.backbone.brokers).client.open().admin();
  await admin.connect();
  try {
    const names = (await admin.listTopics()).filter((name) => !name.startsWith('__'));
    const expected = PREFIXES.flatMap((prefix) => Object.values(topics).map(({ name }) => `${prefix}${name}`));
    expect(names.toSorted()).toEqual(expected.toSorted());
    const { groups } = await admin.listGroups();
    const ofUs = ['switchboard.normalizer', 'switchboard.fan-out', 'switchboard.delivery'];
    expect(groups.map(({ groupId }) => groupId).toSorted()).toEqual(
      PREFIXES.flatMap((prefix) => ofUs.map((group) => `${prefix}${group}`)).toSorted(),
    );
  } finally {
    await admin.disconnect();
  }
});
