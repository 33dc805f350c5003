export { createTestIssuer, type TestIssuer, type TestIssuerOptions } from './test-issuer.ts';
export type { TokenOptions } from './test-token.ts';
