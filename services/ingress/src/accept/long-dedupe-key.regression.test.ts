import { sourceById } from '@switchboard/sources';
import { expect, it } from 'vitest';
import { type Classified, dedupeKeyOf } from './raw-record.ts';

// A normalizer remembers 20,000 keys of each partition; where a sender's ids are as long as a body they would not fit its memory.

const source = sourceById('bot-framework');
if (source === undefined) throw new Error('no such source');
const keyOf = (dedupeKey: string): string =>
  dedupeKeyOf({ source, app: 'contoso-bot', classified: { dedupeKey } as unknown as Classified });

it('a key as long as a body is kept as its digest, still equal for the same id alone', () => {
  const long = 'x'.repeat(200_000);
  expect(keyOf(long)).toMatch(/^bot-framework\/contoso-bot\/sha256:[0-9a-f]{64}$/);
  expect(keyOf(long)).toBe(keyOf(`${long}`));
  expect(keyOf(long)).not.toBe(keyOf(`${long}y`));
});

it('a key of usual length is kept as it is', () => {
  const usual = 'é'.repeat(1_024);
  expect(keyOf(usual)).toBe(`bot-framework/contoso-bot/${usual}`);
});
