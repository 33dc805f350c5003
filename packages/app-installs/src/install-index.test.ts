import type { AppInstall } from '@switchboard/contracts';
import { describe, expect, it } from 'vitest';
import { createInstallIndex } from './install-index.ts';
import type { MatchableEvent } from './matches-install.ts';
import { exampleInstall, exampleWebhook } from './testing/example-install.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

const event = (record: Partial<MatchableEvent['record']> = {}): MatchableEvent => ({
  type: CONTENT,
  record: { app: 'contoso-bot', source: 'bot-framework', tenantId: 'tenant-1', ...record },
});

const idOf = (number: number): string => `install-${String(number).padStart(5, '0')}`;
const idsOf = (installs: readonly AppInstall[]): readonly string[] => installs.map(({ installId }) => installId);

/** The install, counting in `reads` how often its filter, its webhooks or its switch is read. */
function counted(install: AppInstall, reads: { count: number }): AppInstall {
  return new Proxy(install, {
    get(target, name, receiver) {
      if (name === 'filter' || name === 'webhooks' || name === 'enabled') reads.count += 1;
      return Reflect.get(target, name, receiver);
    },
  });
}

describe('createInstallIndex', () => {
  it.each([
    ['another tenant', { apps: null, tenants: ['tenant-2'], sources: null }],
    ['another app of the same tenant', { apps: ['fabrikam-bot'], tenants: ['tenant-1'], sources: null }],
    ['another source of the same app', { apps: ['contoso-bot'], tenants: null, sources: ['ucwa'] }],
  ])('compares none of 10,000 installs that ask for %s', (_name, filter) => {
    const index = createInstallIndex();
    const reads = { count: 0 };
    for (let number = 0; number < 10_000; number += 1) {
      index.put(counted(exampleInstall({ installId: idOf(number), filter }), reads));
    }
    reads.count = 0;
    expect(index.matching(event())).toEqual([]);
    expect(reads.count).toBe(0);
  });

  it('compares no install outside a range of 5 among 10,000 that match', () => {
    const index = createInstallIndex();
    const reads = { count: 0 };
    for (let number = 0; number < 10_000; number += 1) index.put(counted(exampleInstall({ installId: idOf(number) }), reads));
    reads.count = 0;
    expect(idsOf(index.matching(event(), { after: idOf(7_000), limit: 5 }))).toEqual([7_001, 7_002, 7_003, 7_004, 7_005].map(idOf));
    expect(reads.count).toBe(0);
  });

  it('continues after an id that was removed', () => {
    const index = createInstallIndex();
    for (const number of [1, 2, 3]) index.put(exampleInstall({ installId: idOf(number) }));
    index.remove(idOf(2));
    expect(idsOf(index.matching(event(), { after: idOf(2) }))).toEqual([idOf(3)]);
  });

  it('gives ids in ascending order, whichever part of the filter they match by', () => {
    const index = createInstallIndex();
    const filters = [
      null,
      { apps: ['contoso-bot'], tenants: null, sources: null },
      { apps: null, tenants: ['TENANT-1', 'tenant-1'], sources: ['bot-framework', 'ucwa'] },
    ];
    for (const number of [5, 3, 9, 1, 7]) index.put(exampleInstall({ installId: idOf(number), filter: filters[number % 3] ?? null }));
    expect(idsOf(index.matching(event()))).toEqual([1, 3, 5, 7, 9].map(idOf));
  });

  it('matches an install whose filter has 1,000 tenants, 100 apps and 10 sources, and no event beside it', () => {
    const many = (name: string, count: number) => Array.from({ length: count }, (_, number) => `${name}-${number}`);
    const index = createInstallIndex();
    const filter = { apps: many('app', 100), tenants: many('tenant', 1_000), sources: many('source', 10) };
    index.put(exampleInstall({ installId: 'wide', filter }));
    const inside = { app: 'app-99', tenantId: 'Tenant-999', source: 'source-9' };
    expect(idsOf(index.matching(event(inside)))).toEqual(['wide']);
    for (const outside of [{ app: 'app-100' }, { tenantId: 'tenant-1000' }, { source: 'source-10' }]) {
      expect(index.matching(event({ ...inside, ...outside }))).toEqual([]);
    }
  });

  it('knows the event types that installs name, also of a disabled one, until the last is removed', () => {
    const index = createInstallIndex();
    index.put(exampleInstall({ installId: 'a', enabled: false, webhooks: { 'new.Type': exampleWebhook() } }));
    index.put(exampleInstall({ installId: 'b', webhooks: { 'new.Type': exampleWebhook({ disabled: true }) } }));
    index.remove('a');
    expect(index.names('new.Type')).toBe(true);
    index.put(exampleInstall({ installId: 'b', webhooks: {} }));
    expect(index.names('new.Type')).toBe(false);
  });
});
