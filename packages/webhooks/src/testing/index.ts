export { createTestAuthority, type TestAuthority, type TestCertificate } from './test-authority.ts';
export { type Answer, type Received, startTestReceiver, status, type TestReceiver } from './test-receiver.ts';
