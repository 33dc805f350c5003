export { authenticateAndVerify } from './authenticate-and-verify.ts';
export type { ConformanceCase, ConformanceOptions, ConformanceSetup } from './conformance/options.ts';
export { sourceConformance } from './conformance/source-conformance.ts';
export { readEntry } from './read-entry.ts';
export { createTestIssuer, type TestIssuer, type TestIssuerOptions } from './test-issuer.ts';
export type { TokenOptions } from './test-token.ts';
