import { createHash } from 'node:crypto';
import { describeConfig } from '@switchboard/runtime';
import { describe, expect, it } from 'vitest';
import { ingressConfig } from './config.ts';

const files = { isReadable: () => true, readText: () => '' };

describe('the configuration of the ingress', () => {
  it('needs nothing but the sources file', () => {
    expect(ingressConfig.read({}, files)).toEqual({ ok: false, problems: ['SOURCES_FILE: must be set'] });
    const outcome = ingressConfig.read({ SOURCES_FILE: '/s' }, files);
    expect(outcome.ok && outcome.config).toMatchObject({ port: 18_080, healthPort: 18_081, host: '127.0.0.1', appendDeadlineMs: 1_500 });
  });

  it('limits unauthenticated peers unless told otherwise, and trusts no proxy', () => {
    const outcome = ingressConfig.read({ SOURCES_FILE: '/s' }, files);
    expect(outcome.ok && outcome.config).toMatchObject({
      maxConnections: 10_000,
      maxConnectionsPerPeer: 0,
      maxUnauthenticatedRequests: 500,
      maxUnauthenticatedBytes: 16 * 1_048_576,
      maxUnauthenticatedBytesPerPeer: 0,
      minBodyRate: 1_000,
      trustedProxies: undefined,
      peerHeader: 'x-forwarded-for',
    });
  });

  it('refuses limits beyond what was promised', () => {
    const outcome = ingressConfig.read(
      { SOURCES_FILE: '/s', HEADERS_TIMEOUT_MS: '11s', REQUEST_TIMEOUT_MS: '16s', MAX_BODY_BYTES: '2000000' },
      files,
    );
    expect(!outcome.ok && outcome.problems.map((problem) => problem.split(':')[0])).toEqual([
      'MAX_BODY_BYTES',
      'HEADERS_TIMEOUT_MS',
      'REQUEST_TIMEOUT_MS',
    ]);
  });

  it('refuses half a TLS identity and a token in place of its hash, without showing it', () => {
    const outcome = ingressConfig.read({ SOURCES_FILE: '/s', TLS_CERT_FILE: '/c' }, files);
    expect(outcome).toEqual({ ok: false, problems: ['TLS_CERT_FILE and TLS_KEY_FILE: must be set together'] });
    const wrong = ingressConfig.read({ SOURCES_FILE: '/s', INGRESS_ADMIN_TOKEN_SHA256: 'the-token-itself' }, files);
    expect(JSON.stringify(wrong)).not.toContain('the-token-itself');
  });

  it.each([
    ['the hash of the empty text', createHash('sha256').digest('hex')],
    ['all zeros', '0'.repeat(64)],
  ])('refuses %s in INGRESS_ADMIN_TOKEN_SHA256', (name, hash) => {
    const problem = `INGRESS_ADMIN_TOKEN_SHA256: must be the hash of a token (got ${name})`;
    const environment = { SOURCES_FILE: '/s', INGRESS_ADMIN_TOKEN_SHA256: hash };
    expect(ingressConfig.read(environment, files)).toEqual({ ok: false, problems: [problem] });
  });

  it('accepts the hash of a token in INGRESS_ADMIN_TOKEN_SHA256', () => {
    const environment = { SOURCES_FILE: '/s', INGRESS_ADMIN_TOKEN_SHA256: createHash('sha256').update('token').digest('hex') };
    expect(ingressConfig.read(environment, files).ok).toBe(true);
  });

  it('refuses a time for the head beyond the time for the whole request, and a range that is no CIDR range', () => {
    const environment = { SOURCES_FILE: '/s', HEADERS_TIMEOUT_MS: '9s', REQUEST_TIMEOUT_MS: '8s', TRUSTED_PROXIES: '10.0.0.0/8,proxy' };
    expect(ingressConfig.read(environment, files)).toEqual({
      ok: false,
      problems: [
        'TRUSTED_PROXIES: must hold CIDR ranges (got "proxy")',
        'HEADERS_TIMEOUT_MS: must be at most 8000, which is REQUEST_TIMEOUT_MS (got 9000)',
      ],
    });
  });

  it('refuses a budget of unauthenticated bodies of less than two of the largest', () => {
    const environment = { SOURCES_FILE: '/s', MAX_UNAUTHENTICATED_BYTES: '2097151' };
    expect(ingressConfig.read(environment, files)).toEqual({
      ok: false,
      problems: ['MAX_UNAUTHENTICATED_BYTES: must be at least 2097152, which is 2 × MAX_BODY_BYTES (got 2097151)'],
    });
    expect(ingressConfig.read({ ...environment, MAX_UNAUTHENTICATED_BYTES: '2097152' }, files).ok).toBe(true);
  });

  it.each([
    ['1', '1048576'],
    ['1048575', '1048576'],
    ['2047', '2048'],
  ])('refuses %s unauthenticated bytes a peer while a body may have %s', (perPeer, body) => {
    const outcome = ingressConfig.read({ SOURCES_FILE: '/s', MAX_UNAUTHENTICATED_BYTES_PER_PEER: perPeer, MAX_BODY_BYTES: body }, files);
    expect(outcome).toEqual({
      ok: false,
      problems: [`MAX_UNAUTHENTICATED_BYTES_PER_PEER: must be 0 or at least ${body}, which is MAX_BODY_BYTES (got ${perPeer})`],
    });
  });

  it.each([
    ['0', '1048576'],
    ['1048576', '1048576'],
    ['2048', '2048'],
  ])('accepts %s unauthenticated bytes a peer while a body may have %s', (perPeer, body) => {
    const environment = { SOURCES_FILE: '/s', MAX_UNAUTHENTICATED_BYTES_PER_PEER: perPeer, MAX_BODY_BYTES: body };
    expect(ingressConfig.read(environment, files).ok).toBe(true);
  });

  it.each([
    ['0.0.0.0/0', ['ERR_CONFIG_TRUSTED_PROXIES_EVERY_ADDRESS']],
    ['::/0', ['ERR_CONFIG_TRUSTED_PROXIES_EVERY_ADDRESS']],
    ['0.0.0.0/1,128.0.0.0/1', ['ERR_CONFIG_TRUSTED_PROXIES_EVERY_ADDRESS']],
    ['10.0.0.0/8,fd00::/8', []],
    ['', []],
  ])('warns where TRUSTED_PROXIES holds every address: %j', (ranges, codes) => {
    const outcome = ingressConfig.read({ SOURCES_FILE: '/s', TRUSTED_PROXIES: ranges }, files);
    if (!outcome.ok) throw new Error(outcome.problems.join());
    expect(ingressConfig.warnings(outcome.config).map(({ code }) => code)).toEqual(codes);
  });

  it('describes every variable once', () => {
    const names = Object.values(ingressConfig.variables).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(describeConfig(ingressConfig)).toContain(`\`${name}\``);
  });
});
