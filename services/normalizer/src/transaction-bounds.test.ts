import { expect, it } from 'vitest';
import { normalizerConfig } from './config.ts';
import { boundsOf } from './transaction-bounds.ts';

function bounds(environment: Readonly<Record<string, string>>) {
  const outcome = normalizerConfig.read(environment);
  if (!outcome.ok) throw new Error(outcome.problems.join());
  const warnings: string[] = [];
  return { ...boundsOf(outcome.config, (_fields, message) => warnings.push(message)), warnings };
}

it('bounds a transaction to 2,000 records, 4 MiB and 1 s unless told', () => {
  expect(bounds({})).toEqual({ maxRecords: 2_000, maxBytes: 4_194_304, maxAgeMs: 1_000, warnings: [] });
});

it('bounds it by TRANSACTION_MAX_RECORDS, TRANSACTION_MAX_BYTES and TRANSACTION_MAX_AGE', () => {
  expect(bounds({ TRANSACTION_MAX_RECORDS: '7', TRANSACTION_MAX_BYTES: '1000', TRANSACTION_MAX_AGE: '2s' })).toMatchObject({
    maxRecords: 7,
    maxBytes: 1_000,
    maxAgeMs: 2_000,
  });
});

it('reads NORMALIZER_MAX_SLICE with a warning: the lower of it and TRANSACTION_MAX_RECORDS counts', () => {
  const warnings = ['NORMALIZER_MAX_SLICE is deprecated: set TRANSACTION_MAX_RECORDS instead'];
  expect(bounds({ NORMALIZER_MAX_SLICE: '300' })).toMatchObject({ maxRecords: 300, warnings });
  expect(bounds({ NORMALIZER_MAX_SLICE: '300', TRANSACTION_MAX_RECORDS: '50' })).toMatchObject({ maxRecords: 50, warnings });
});
