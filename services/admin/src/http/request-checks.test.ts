import { describe, expect, it } from 'vitest';
import { mediaProblem } from './request-checks.ts';

describe('mediaProblem', () => {
  it.each([
    ['application/json'],
    ['Application/JSON; charset=UTF-8'],
    ['application/json;charset="utf-8"'],
    ['application/json; charset=utf8; profile=x'],
  ])('admits %s', (type) => {
    expect(mediaProblem({ method: 'PUT', rawHeaders: ['content-type', type, 'content-encoding', 'identity'] })).toBeUndefined();
  });

  it.each<[string[], string]>([
    [['content-type', 'text/plain'], 'Content-Type must be application/json (got "text/plain")'],
    [['content-type', 'application/json5'], 'Content-Type must be application/json (got "application/json5")'],
    [['content-type', ''], 'Content-Type must be application/json (got "")'],
    [
      ['content-type', 'application/json', 'Content-Type', 'text/plain'],
      'Content-Type must be sent once (got "application/json, text/plain")',
    ],
    [
      ['content-type', 'application/json; charset=utf-16'],
      'charset of Content-Type must be utf-8 or absent (got "application/json; charset=utf-16")',
    ],
    [
      ['content-type', 'application/json; charset="utf-8'],
      'charset of Content-Type must be utf-8 or absent (got "application/json; charset=\\"utf-8")',
    ],
    [['content-encoding', 'gzip'], 'Content-Encoding must be identity or absent (got "gzip")'],
    [['content-encoding', 'identity', 'Content-Encoding', 'br'], 'Content-Encoding must be identity or absent (got "br")'],
    [['transfer-encoding', 'gzip, chunked'], 'Transfer-Encoding must be chunked or absent (got "gzip, chunked")'],
  ])('refuses %j', (rawHeaders, detail) => {
    expect(mediaProblem({ method: 'PUT', rawHeaders })).toEqual({ code: 'ERR_ADMIN_UNSUPPORTED_MEDIA', detail });
    expect(mediaProblem({ method: 'GET', rawHeaders })).toBeUndefined();
  });

  it('shows 100 characters of a value of 8,000', () => {
    const problem = mediaProblem({ method: 'POST', rawHeaders: ['content-encoding', 'x'.repeat(8_000)] });
    expect(problem?.detail.length).toBeLessThan(160);
  });
});
