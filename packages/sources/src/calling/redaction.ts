import { type Json, redact } from '@switchboard/source-kit';

/** Members whose values open something: meetings, recordings, media sessions, accounts. */
const secretMembers = [
  'access_token',
  'accessToken',
  'authorization',
  'blob',
  'client_secret',
  'clientSecret',
  'password',
  'recordingAccessToken',
  'replacementLink',
  'token',
];

/** A copy without the secrets that calling payloads carry. */
export function withoutSecrets<T extends Json>(value: T): T {
  return redact(value, { names: secretMembers });
}
