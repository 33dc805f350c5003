import type { InboundRequest } from '../../source.ts';
import { expectHeadRefused } from './expectations.ts';
import type { ConformanceCase } from './options.ts';
import type { Rig } from './setup.ts';

/** What holds for the Authorization header of every source. All of it is decided before the body is read. */
export function authorizationCases(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    {
      name: 'refuses a request without an Authorization header',
      run: async () => {
        const rig = await rigged();
        for (const { request } of rig.samples) {
          await expectHeadRefused(rig, withHeaders(request, {}), ['ERR_VERIFY_AUTHORIZATION_MISSING']);
          await expectHeadRefused(rig, withHeaders(request, { authorization: '' }), ['ERR_VERIFY_AUTHORIZATION_MISSING']);
        }
      },
    },
    {
      name: 'refuses a credential in any other header',
      run: async () => {
        const rig = await rigged();
        for (const { request } of rig.samples) {
          const credential = request.headers.authorization ?? '';
          for (const name of ['authentication', 'x-authorization', 'proxy-authorization', 'cookie', 'www-authenticate']) {
            await expectHeadRefused(rig, withHeaders(request, { [name]: credential }), ['ERR_VERIFY_AUTHORIZATION_MISSING'], name);
          }
        }
      },
    },
    {
      name: 'refuses a second Authorization header, also one of the same value',
      run: async () => {
        const rig = await rigged();
        for (const { request } of rig.samples) {
          const authorization = `${request.headers.authorization}, ${request.headers.authorization}`;
          const doubled = { ...withHeaders(request, { authorization }), duplicateHeaders: ['authorization'] };
          await expectHeadRefused(rig, doubled, ['ERR_VERIFY_AUTHORIZATION_DUPLICATE']);
          await expectHeadRefused(rig, withHeaders(request, { authorization }));
        }
      },
    },
    {
      name: 'refuses another scheme, two blanks or a tab after it, and a header that is more than a scheme and a credential',
      run: async () => {
        const rig = await rigged();
        const { request } = rig.samples[0] as Rig['samples'][number];
        const header = request.headers.authorization ?? '';
        const credential = header.slice(rig.scheme.length + 1);
        const others = [
          `Basic ${credential}`,
          `${rig.scheme.toLowerCase()} ${credential}`,
          `${rig.scheme}${credential}`,
          `${rig.scheme}\t${credential}`,
          credential,
          ` ${header}`,
        ];
        for (const authorization of others)
          await expectHeadRefused(rig, withHeaders(request, { authorization }), ['ERR_VERIFY_AUTHORIZATION_SCHEME'], authorization);
        const malformed = [
          `${rig.scheme}  ${credential}`,
          `${rig.scheme} \t${credential}`,
          `${header} ${credential}`,
          `${header} `,
          `${rig.scheme} `,
          rig.scheme,
          `${header},x`,
        ];
        for (const authorization of malformed)
          await expectHeadRefused(rig, withHeaders(request, { authorization }), ['ERR_VERIFY_AUTHORIZATION_SYNTAX'], authorization);
      },
    },
  ];
}

function withHeaders(request: InboundRequest, authorization: Readonly<Record<string, string>>): InboundRequest {
  const { authorization: _, ...others } = request.headers;
  return { ...request, headers: { ...others, ...authorization } };
}
