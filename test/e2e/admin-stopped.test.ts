import { randomUUID } from 'node:crypto';
import { type ReceiverAnswer, statuses } from '@switchboard/local-stack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityFor } from '../support/activities.ts';
import { inconsistencies } from '../support/delivery-consistency.ts';
import { type DeliveryJournal, followDeliveries } from '../support/delivery-journal.ts';
import { showLogsOnFailure, startTestStack, type TestStack, untilTaken } from '../support/test-stack.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

let stack: TestStack;
let journal: DeliveryJournal;

const tenants = { steady: randomUUID(), failing: randomUUID(), gone: randomUUID() };

async function install(id: keyof typeof tenants, answers: readonly ReceiverAnswer[], webhook: object): Promise<void> {
  stack.receiver.script(`/${id}`, answers);
  const webhooks = { [CONTENT]: { endpoint: `${stack.receiver.origin}/${id}`, ...webhook } };
  await stack.install(id, { client_name: id, capabilities: { webhooks }, filter: { tenants: [tenants[id]] } });
}

async function notify(id: keyof typeof tenants): Promise<void> {
  const signed = await stack.signed('bot-framework', activityFor(CONTENT, { tenant: tenants[id] }));
  expect((await untilTaken(() => stack.post(signed))).status).toBe(200);
}

beforeAll(async () => {
  stack = await startTestStack();
  journal = await followDeliveries(stack);
  await install('steady', [], { max_retries: 0 });
  await install('failing', statuses(500), { max_retries: 2 });
  await install('gone', statuses(410), { max_retries: 0, disable_on_gone: true });
  await stack.services.admin.stop();
});

afterAll(async () => {
  await journal?.stop();
  await stack?.stop();
});

describe('while the admin is stopped', () => {
  it('events are delivered, and retried until their attempts are used up', async () => {
    showLogsOnFailure(stack);
    await Promise.all([notify('steady'), notify('failing')]);
    expect(await journal.ended('steady', 1)).toMatchObject([{ outcome: 'delivered', attempt: 1 }]);
    expect(await journal.ended('failing', 1)).toMatchObject([{ outcome: 'dead', attempt: 3 }]);
  });

  it('a delivery service that starts knows every install', async () => {
    showLogsOnFailure(stack);
    await stack.services.delivery.stop();
    await notify('steady');
    await stack.services.delivery.start();
    expect(await journal.ended('steady', 2)).toMatchObject([{ outcome: 'delivered' }, { outcome: 'delivered' }]);
  });

  it('a webhook that responds with 410 is disabled, and gets no further event', async () => {
    showLogsOnFailure(stack);
    await notify('gone');
    expect(await journal.ended('gone', 1)).toMatchObject([{ outcome: 'dead', status: 410 }]);
    const versions = async () => (await stack.read('app-installs.v1')).filter(({ key }) => key?.toString() === 'gone').length;
    await expect.poll(versions, { timeout: 20_000 }).toBe(2);
    await notify('gone');
    await notify('steady');
    await journal.ended('steady', 3);
    expect(stack.receiver.deliveries('/gone')).toHaveLength(1);
    expect(stack.services.admin.pid()).toBeUndefined();
  });
});

describe('an admin that starts again', () => {
  it('shows what delivery wrote, and its next change is based on it', async () => {
    showLogsOnFailure(stack);
    await stack.services.admin.start();
    expect((await stack.admin('GET', '/v1/app-installs/gone')).body).toMatchObject({ version: 2, disabled_webhooks: [CONTENT] });
    const paused = await stack.admin('POST', '/v1/app-installs/gone/pause', undefined, { 'if-match': '*' });
    expect(paused).toMatchObject({ status: 200, body: { version: 3, paused: true, disabled_webhooks: [CONTENT] } });
  });

  it('has an audit record of every change, newest first, each based on the state that the one before left', async () => {
    showLogsOnFailure(stack);
    const changes = async () => {
      const { body } = await stack.admin('GET', '/v1/audit?install=gone');
      return body as { audit_records: { action: string; actor: string; hash_before: string | null; hash_after: string | null }[] };
    };
    await expect.poll(async () => (await changes()).audit_records.length).toBe(3);
    const { audit_records: records, ...rest } = await changes();
    expect(rest).toMatchObject({ next: null, window: { complete: true } });
    expect(records.map(({ action }) => action)).toEqual(['install.pause', 'install.disable-webhook', 'install.apply']);
    expect(records[1]).toMatchObject({ actor: 'delivery', role: null, outcome: 'done' });
    const [newest, disabled, created] = records;
    expect(newest?.hash_before).toBe(disabled?.hash_after);
    expect(disabled?.hash_before).toBe(created?.hash_after);
    expect(created?.hash_before).toBeNull();
    expect(await stack.read('audit.v1')).toHaveLength(5);
  });

  it('the delivery topics tell one story', () => expect(inconsistencies(journal.of())).toEqual([]));
});
