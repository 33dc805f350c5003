import { describe, expect, it } from 'vitest';
import { endpointHealth } from './endpoint-health.ts';

describe('what an outcome says of the endpoint', () => {
  const answered = (status: number) =>
    endpointHealth({ kind: 'answered', status, retryAfterMs: null, body: null, excerpt: null, durationMs: 1 });

  it('works when it refuses one event, and is to be left alone after server errors, 429 and silence', () => {
    expect([200, 204, 302, 400, 404, 410].map(answered)).toEqual(Array(6).fill('healthy'));
    expect([429, 500, 503].map(answered)).toEqual(Array(3).fill('unhealthy'));
    expect(endpointHealth({ kind: 'failed', code: 'ERR_ATTEMPT_TIMEOUT', cause: null, durationMs: 1 })).toBe('unhealthy');
    expect(endpointHealth({ kind: 'failed', code: 'ERR_ATTEMPT_ADDRESS_REFUSED', cause: null, durationMs: 1 })).toBe('neutral');
  });
});
