import { describe, expect, it } from 'vitest';
import { createLogger, scrub } from './logger.ts';

function capture() {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  return { logger, lines };
}

describe('createLogger', () => {
  it('writes one JSON line with service, level and fields', () => {
    const { logger, lines } = capture();
    logger.warn({ code: 'ERR_X' }, 'careful\nnow');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trim()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ service: 'test', level: 'warn', code: 'ERR_X', msg: 'careful\nnow' });
  });

  it('censors members with a secret name up to two levels deep', () => {
    const { logger, lines } = capture();
    logger.info(
      { authorization: 'A-1', headers: { authorization: 'A-2' }, request: { headers: { authorization: 'A-3', body: 'A-4' } } },
      'm',
    );
    expect(lines[0]).not.toMatch(/A-\d/);
  });

  it('removes tokens from error messages, stacks and causes', () => {
    const { logger, lines } = capture();
    const cause = new Error('fetch https://user:hunter2@example.org failed');
    logger.error({ err: new Error('sent Bearer eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln', { cause }) }, 'failed');
    expect(lines[0]).not.toContain('eyJhbGci');
    expect(lines[0]).not.toContain('hunter2');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({ type: 'Error', message: 'sent [redacted]' });
  });
});

describe('scrub', () => {
  it.each([
    ['HMAC dGhpcyBpcyBhIG1hYw==', '[redacted]'],
    ['key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'key [redacted]'],
    ['nothing secret here', 'nothing secret here'],
  ])('turns %s into %s', (text, scrubbed) => {
    expect(scrub(text)).toBe(scrubbed);
  });
});
