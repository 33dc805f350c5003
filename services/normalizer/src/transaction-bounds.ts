import { transactionBounds } from '@switchboard/runtime';
import type { NormalizerConfig } from './config.ts';

/** The bounds of a transaction. NORMALIZER_MAX_SLICE, which they replaced, still lowers the records, with a warning. */
export function boundsOf(config: NormalizerConfig, warn: (fields: object, message: string) => void): ReturnType<typeof transactionBounds> {
  const bounds = transactionBounds(config);
  if (config.maxSlice === undefined) return bounds;
  const maxRecords = Math.min(config.maxSlice, bounds.maxRecords);
  warn({ maxRecords }, 'NORMALIZER_MAX_SLICE is deprecated: set TRANSACTION_MAX_RECORDS instead');
  return { ...bounds, maxRecords };
}
