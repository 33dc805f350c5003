import { expect, it } from 'vitest';
import { readInstallDocument } from './read-install-document.ts';

/** Reads a document with 20,000 unknown members. */
function withUnknownMembers(place: (members: object) => object) {
  return readInstallDocument(place(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`member${index}`, null]))));
}

it.each<[string, (members: object) => object]>([
  ['at its root', (members) => ({ client_name: 'a', ...members })],
  ['as event types', (webhooks) => ({ client_name: 'a', capabilities: { webhooks } })],
  ['in its filter', (filter) => ({ client_name: 'a', filter })],
  [
    'in a webhook',
    (members) => ({
      client_name: 'a',
      capabilities: { webhooks: { 'ms.MessagingEventNotification.ContentEvent': { endpoint: 'https://a.example/', ...members } } },
    }),
  ],
])('a document with 20,000 unknown members %s has 20 problems and their number', (_where, place) => {
  const outcome = withUnknownMembers(place);
  if (outcome.ok) throw new Error('accepted');
  expect(outcome.problemCount).toBe(20_000);
  expect(outcome.problems).toHaveLength(20);
  expect(JSON.stringify(outcome.problems).length).toBeLessThan(10_000);
});

it.each([
  ['letters', 'x'.repeat(100_000)],
  ['control characters', '\u0001'.repeat(50_000)],
  ['letters of 3 bytes', '漢'.repeat(50_000)],
])('cuts the name of an unknown member, 50,000 or more %s, to 128 characters', (_what, name) => {
  const outcome = readInstallDocument({ client_name: 'a', [name]: 1, capabilities: { webhooks: { [name]: {} } } });
  if (outcome.ok) throw new Error('accepted');
  for (const { member } of outcome.problems) expect(member.length).toBeLessThanOrEqual(128 + 'capabilities.webhooks[]'.length);
  for (const { message } of outcome.problems) expect(message.length).toBeLessThan(400);
});
