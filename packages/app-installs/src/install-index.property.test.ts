import type { AppInstall } from '@switchboard/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createInstallIndex } from './install-index.ts';
import { type MatchableEvent, matchesInstall } from './matches-install.ts';
import { exampleInstall, exampleWebhook } from './testing/example-install.ts';

const TYPES = ['ms.MessagingEventNotification.ContentEvent', 'calling.CallNotification.ToneEvent'] as const;

const member = (...values: readonly string[]) => fc.option(fc.array(fc.constantFrom(...values), { maxLength: 3 }));

const filters = fc.option(
  fc.record({ apps: member('a', 'b'), tenants: member('t1', 'T1', 't2', 'É', 'é'), sources: member('ucwa', 'bot-framework') }),
);

const installs: fc.Arbitrary<AppInstall> = fc
  .record({
    installId: fc.constantFrom('a', 'B', 'a.b', 'a-b', 'b', '10', '9', 'é'),
    enabled: fc.boolean(),
    paused: fc.boolean(),
    disabled: fc.boolean(),
    types: fc.subarray([...TYPES]),
    filter: filters,
  })
  .map(({ disabled, types, ...install }) =>
    exampleInstall({ ...install, webhooks: Object.fromEntries(types.map((type) => [type, exampleWebhook({ disabled })])) }),
  );

const events: fc.Arbitrary<MatchableEvent> = fc.record({
  type: fc.constantFrom(...TYPES),
  record: fc.record({
    app: fc.constantFrom('a', 'b', 'c'),
    source: fc.constantFrom('ucwa', 'bot-framework'),
    tenantId: fc.option(fc.constantFrom('t1', 'T1', 't2', 'é', '')),
  }),
});

/** Puts an install in place, or removes the one of that id. */
const changes = fc.array(fc.record({ install: installs, remove: fc.boolean() }), { maxLength: 40 });

it('gives the installs that the plain filter gives, in ascending order, at once and in parts of any size', () => {
  fc.assert(
    fc.property(changes, fc.array(events, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (given, asked, limit) => {
      const index = createInstallIndex();
      const current = new Map<string, AppInstall>();
      for (const { install, remove } of given) {
        if (remove) index.remove(install.installId);
        else index.put(install);
        if (remove) current.delete(install.installId);
        else current.set(install.installId, install);
      }
      for (const event of asked) {
        const expected = [...current.values()]
          .filter((install) => matchesInstall(install, event))
          .sort((one, other) => (one.installId < other.installId ? -1 : 1));
        expect(index.matching(event)).toEqual(expected);
        const parts: AppInstall[] = [];
        for (;;) {
          const part = index.matching(event, { after: parts.at(-1)?.installId, limit });
          parts.push(...part);
          if (part.length < limit) break;
        }
        expect(parts).toEqual(expected);
      }
      for (const type of TYPES) expect(index.names(type)).toBe([...current.values()].some(({ webhooks }) => type in webhooks));
      expect(index.all()).toHaveLength(current.size);
    }),
    { numRuns: 500 },
  );
});
