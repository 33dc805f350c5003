import { expect, it } from 'vitest';
import { matchesInstall } from './matches-install.ts';
import { exampleInstall } from './testing/example-install.ts';

const TYPE = 'ms.MessagingEventNotification.ContentEvent';
const [lower, upper] = ['7a3c0000-0000-4000-8000-00000000abcd', '7A3C0000-0000-4000-8000-00000000ABCD'];
const admitting = (tenant: string) => exampleInstall({ filter: { apps: null, tenants: [tenant], sources: null } });
const eventOf = (tenantId: string) => ({ type: TYPE, record: { app: 'contoso-bot', source: 'bot-framework', tenantId } }) as const;

it('a filter admits its tenant in any letter case, as the verification of senders does', () => {
  expect(matchesInstall(admitting(upper), eventOf(lower))).toBe(true);
  expect(matchesInstall(admitting(lower), eventOf(upper))).toBe(true);
  expect(matchesInstall(admitting(lower), eventOf(upper.replace('A', 'B')))).toBe(false);
});

it('a filter does not admit its app in another letter case', () => {
  const install = exampleInstall({ filter: { apps: ['Contoso-Bot'], tenants: null, sources: null } });
  expect(matchesInstall(install, eventOf(lower))).toBe(false);
});
