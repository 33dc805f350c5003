import type { SampleRequest } from '@switchboard/source-kit';
import { describe, expect, it } from 'vitest';
import { describeAbusedEdge } from '../support/abuse/describe-abused-edge.ts';
import { forgedRequest } from '../support/abuse/forged-requests.ts';
import { sendOnce } from '../support/abuse/genuine-sender.ts';

const PEER = '127.0.0.9';

describeAbusedEdge('refusals at the edge', (suite) => {
  describe.each([
    ['HTTP', false],
    ['TLS', true],
  ] as const)('over %s', (_transport, tls) => {
    it('leave one log line and one metric for each of a forged token and a wrong MAC', async () => {
      const { app, sample, startIngress } = suite.edge;
      const ingress = await startIngress({ tls });
      const [token, mac] = [await sample('bot-framework'), await sample('outgoing-webhook')];
      for (const template of [token, mac]) {
        const { status } = await sendOnce(ingress.port, forgedRequest(template, 'forged').whole(), { tls, localAddress: PEER });
        expect(status).toBe(401);
      }

      const code = 'ERR_VERIFY_TOKEN_SIGNATURE';
      const macCode = 'ERR_VERIFY_HMAC_MISMATCH';
      const shared = { app, peer: PEER, msg: 'Authentication failed', requestId: expect.stringMatching(/^\S{8,}$/) };
      await expect
        .poll(() => ingress.lines.filter((line) => line.includes('"Authentication failed"')).map((line) => JSON.parse(line) as object))
        .toEqual([
          expect.objectContaining({ ...shared, source: 'bot-framework', code, keyId: keyIdOf(token) }),
          expect.objectContaining({ ...shared, source: 'outgoing-webhook', code: macCode }),
        ]);
      const counted = (source: string, ofCode: string) =>
        ingress.metric('ingress_refusals_total', `source="${source}",app="${app}",code="${ofCode}"`);
      expect([await counted('bot-framework', code), await counted('outgoing-webhook', macCode)]).toEqual([1, 1]);
    });
  });
});

function keyIdOf({ headers }: SampleRequest): string {
  const [header = ''] = headers.authorization?.split(' ')[1]?.split('.') ?? [];
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
