import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readInstallDocument } from './read-install-document.ts';

it('reads every JSON value without throwing and never accepts an endpoint that is not https', () => {
  const endpoint = fc.oneof(fc.webUrl({ validSchemes: ['http', 'https', 'ftp'] }), fc.string());
  const document = fc.record({
    client_name: fc.string({ minLength: 1, maxLength: 20 }),
    capabilities: fc.record({
      webhooks: fc.dictionary(
        fc.constantFrom('ms.MessagingEventNotification.ContentEvent', 'cqm.ExConversationChangeNotification', 'retry'),
        fc.oneof(fc.record({ endpoint }), fc.jsonValue()),
      ),
    }),
  });
  fc.assert(
    fc.property(fc.oneof(document, fc.jsonValue()), (value) => {
      const outcome = readInstallDocument(value);
      if (!outcome.ok) {
        expect(outcome.problems.length).toBeGreaterThan(0);
        return;
      }
      for (const webhook of Object.values(outcome.document.webhooks)) expect(new URL(webhook?.endpoint ?? '').protocol).toBe('https:');
    }),
  );
});

it('accepts again what it stored', () => {
  const document = fc.record(
    {
      client_name: fc.stringMatching(/^[a-z ]{1,30}$/),
      enabled: fc.boolean(),
      filter: fc.record({ apps: fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 3 }) }),
    },
    { requiredKeys: ['client_name'] },
  );
  fc.assert(
    fc.property(document, (value) => {
      const first = readInstallDocument(value);
      if (!first.ok) throw new Error(JSON.stringify(first.problems));
      expect(readInstallDocument(JSON.parse(first.document.text))).toEqual(first);
    }),
  );
});

it('accepts a document, or gives 1 to 20 problems that each name a member and hold no secret', () => {
  const SECRET = 'hunter2hunter2';
  const endpoint = fc.constantFrom(`https://u:${SECRET}@a.example/`, `http://a.example/?k=${SECRET}`, `https://a.example/#${SECRET}`, [
    SECRET,
  ]);
  const header = fc.record({ header_name: fc.string(), header_value: fc.constantFrom<unknown>(`${SECRET}\n`, [SECRET], SECRET) });
  const webhook = fc.record({ endpoint, headers: fc.array(header), max_retries: fc.jsonValue() }, { requiredKeys: [] });
  const document = fc.record(
    {
      client_name: fc.jsonValue(),
      signing_secret: fc.constantFrom<unknown>(SECRET, `whsec_${SECRET}`, [SECRET], { [SECRET]: SECRET }),
      client_secret: fc.constantFrom<unknown>(SECRET, [SECRET]),
      capabilities: fc.record({ webhooks: fc.dictionary(fc.constantFrom('ms.MessagingEventNotification.ContentEvent', 'other'), webhook) }),
    },
    { requiredKeys: ['signing_secret'] },
  );
  fc.assert(
    fc.property(document, (value) => {
      const outcome = readInstallDocument(value);
      if (outcome.ok) throw new Error('no such secret is valid');
      expect(outcome.problems.length).toBeGreaterThan(0);
      expect(outcome.problems.length).toBeLessThanOrEqual(20);
      for (const { member, message } of outcome.problems) expect(message.startsWith(`${member} `) && member !== '').toBe(true);
      expect(JSON.stringify(outcome)).not.toContain(SECRET);
    }),
  );
});
