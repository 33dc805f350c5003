import { expect, it } from 'vitest';
import { type MatchableEvent, matchesInstall } from './matches-install.ts';
import { exampleInstall } from './testing/example-install.ts';

const TYPE = 'ms.MessagingEventNotification.ContentEvent';

function event(record: Partial<MatchableEvent['record']> = {}): MatchableEvent {
  return { type: TYPE, record: { app: 'contoso-bot', source: 'bot-framework', tenantId: 't1', ...record } };
}

const filter = { apps: null, tenants: null, sources: null };

it('matches an enabled install without a filter that names the type', () => {
  expect(matchesInstall(exampleInstall(), event())).toBe(true);
});

it('does not match a disabled install', () => {
  expect(matchesInstall(exampleInstall({ enabled: false }), event())).toBe(false);
});

it('matches a paused install: its deliveries wait', () => {
  expect(matchesInstall(exampleInstall({ paused: true }), event())).toBe(true);
});

it('does not match a type that the install does not name', () => {
  expect(matchesInstall(exampleInstall(), { ...event(), type: 'calling.CallNotification.ToneEvent' })).toBe(false);
});

it('does not match a webhook that a 410 disabled', () => {
  const install = exampleInstall();
  const webhook = install.webhooks[TYPE];
  if (webhook === undefined) throw new Error('the example names the type');
  expect(matchesInstall({ ...install, webhooks: { [TYPE]: { ...webhook, disabled: true } } }, event())).toBe(false);
});

it('admits by app, tenant and source, all of them', () => {
  const install = exampleInstall({ filter: { apps: ['contoso-bot'], tenants: ['t1', 't2'], sources: ['bot-framework'] } });
  expect(matchesInstall(install, event())).toBe(true);
  expect(matchesInstall(install, event({ app: 'other' }))).toBe(false);
  expect(matchesInstall(install, event({ tenantId: 't3' }))).toBe(false);
  expect(matchesInstall(install, event({ source: 'ucwa' }))).toBe(false);
});

it('never lets an event without a tenant pass a tenant filter', () => {
  const install = exampleInstall({ filter: { ...filter, tenants: ['t1', ''] } });
  expect(matchesInstall(install, event({ tenantId: null }))).toBe(false);
});

it('lets an event without a tenant pass where tenants are not filtered', () => {
  const install = exampleInstall({ filter: { ...filter, apps: ['contoso-bot'] } });
  expect(matchesInstall(install, event({ tenantId: null }))).toBe(true);
});
