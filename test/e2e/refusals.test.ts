import { randomUUID } from 'node:crypto';
import type { SampleRequest } from '@switchboard/source-kit';
import type { SourceId } from '@switchboard/sources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showLogsOnFailure, startTestStack, type TestStack } from '../support/test-stack.ts';

let stack: TestStack;
const refused: Buffer[] = [];
const bodies = new Set<string>();

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(() => stack?.stop());

const bearerSources = ['graph-calling', 'legacy-calling', 'ucwa', 'bot-framework'] as const satisfies readonly SourceId[];

/** The sample with its token made from changed claims, signed for real. */
async function withClaims(source: (typeof bearerSources)[number], changes: Readonly<Record<string, unknown>>): Promise<SampleRequest> {
  const signer = stack.signer(source);
  return stack.sample(source, { ...signer, token: (claims) => signer.token({ ...claims, ...changes }) });
}

async function expectRefusal(signed: SampleRequest): Promise<void> {
  showLogsOnFailure(stack);
  refused.push(signed.body);
  const answer = await stack.post(signed);
  expect(answer.status).toBe(401);
  bodies.add(answer.body);
}

function withHeader(signed: SampleRequest, name: string, change: (value: string) => string): SampleRequest {
  return { ...signed, headers: { ...signed.headers, [name]: change(signed.headers[name] ?? '') } };
}

describe.each(bearerSources)('%s refuses', (source) => {
  it('a token with a wrong signature', async () => {
    const sample = await stack.sample(source);
    const flipped = (text: string): string => `${text.slice(0, -10)}${text.at(-10) === 'A' ? 'B' : 'A'}${text.slice(-9)}`;
    await expectRefusal(withHeader(sample, 'authorization', flipped));
  });

  it('a token for another audience', async () => expectRefusal(await withClaims(source, { aud: randomUUID() })));

  it('an expired token', async () => {
    const exp = Math.floor(Date.now() / 1000) - 301;
    await expectRefusal(await withClaims(source, { iat: exp - 3_900, nbf: exp - 3_900, exp }));
  });

  it('a token from another issuer', async () => expectRefusal(await withClaims(source, { iss: 'https://issuer.example/' })));

  it('a token in another header than Authorization', async () => {
    const sample = await stack.sample(source);
    const { authorization = '', ...headers } = sample.headers;
    await expectRefusal({ ...sample, headers: { ...headers, authentication: authorization } });
  });

  it('a request without a token', async () => {
    const sample = await stack.sample(source);
    const { authorization: _, ...headers } = sample.headers;
    await expectRefusal({ ...sample, headers });
  });
});

describe.each(['graph-calling', 'legacy-calling', 'ucwa'] as const)('%s refuses', (source) => {
  it('a tenant that the entry does not list', async () => {
    const tid = randomUUID();
    await expectRefusal(await withClaims(source, { tid, ...(source === 'ucwa' ? { iss: `https://sts.windows.net/${tid}/` } : {}) }));
  });
});

describe('outgoing-webhook refuses', () => {
  it('a MAC of another key', async () => {
    const signer = stack.signer('outgoing-webhook');
    await expectRefusal(
      await stack.sample('outgoing-webhook', { ...signer, hmac: () => `HMAC ${Buffer.alloc(32, 7).toString('base64')}` }),
    );
  });

  it('a body that was changed after it was signed', async () => {
    const sample = await stack.sample('outgoing-webhook');
    await expectRefusal({ ...sample, body: Buffer.from(sample.body.toString('utf8').replace('lunch', 'Lunch')) });
  });

  it('an id that no app has', async () => {
    const sample = await stack.sample('outgoing-webhook');
    await expectRefusal({ ...sample, target: '/outgoing-webhook?id=nobody' });
  });
});

describe('afterwards', () => {
  it('every refusal had the same body', () => expect(bodies.size).toBe(1));

  it('nothing of the refused requests is in Kafka', async () => {
    const stored = await stack.read('notifications.raw.v1');
    expect(refused.length).toBeGreaterThan(25);
    expect(stored).toEqual([]);
  });
});
