import { describe, it } from 'vitest';
import { bearerModel, bearerOptions, hmacModel, hmacOptions } from './model-sources.ts';
import { sourceConformance } from './source-conformance.ts';

describe('a source that keeps its promises', () => {
  for (const promise of sourceConformance(bearerModel, 'Bearer', bearerOptions)) it(`with tokens ${promise.name}`, promise.run);
  for (const promise of sourceConformance(hmacModel, 'HMAC', hmacOptions)) it(`with a shared key ${promise.name}`, promise.run);
});
