import { signingSecretSchema } from '@switchboard/app-installs';
import { strictObject, Type } from '@switchboard/validation';
import { expect, it } from 'vitest';
import { RefusedRequest, requestValidatorCompiler } from './request-validation.ts';

const schema = strictObject({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })), secret: Type.Optional(signingSecretSchema) });
const compile = requestValidatorCompiler(new Map());
const checked = (httpPart: string, value: unknown) => compile({ schema, method: 'GET', url: '/', httpPart })(value) as object;

it('reads integers of a query from their digits, and no integer of a body from a text', () => {
  expect(checked('querystring', { limit: '3' })).toEqual({ value: { limit: 3 } });
  expect(checked('body', { limit: '3' })).toEqual({ error: expect.any(RefusedRequest) });
});

it.each<[string, object, string, string, string]>([
  ['querystring', { limit: '10' }, 'ERR_REQUEST_OUT_OF_RANGE', 'query.limit', 'query.limit must be an integer from 1 to 9 (got 10)'],
  ['querystring', { limit: 'x' }, 'ERR_REQUEST_WRONG_TYPE', 'query.limit', 'query.limit must be an integer from 1 to 9 (got "x")'],
  ['querystring', { limt: '1' }, 'ERR_REQUEST_UNKNOWN_MEMBER', 'query.limt', 'query.limt is not a member here; members are limit, secret'],
  ['body', { secret: 'hunter2' }, 'ERR_REQUEST_OUT_OF_RANGE', 'secret', 'secret must be whsec_ and the base64 text of 24 to 64 bytes'],
])('refuses %s %j with code, member, rule and the value unless it is secret', (httpPart, value, code, member, message) => {
  const problem = { code: 'ERR_ADMIN_BAD_REQUEST', problems: [{ code, member, message }], problemCount: 1 };
  const { error } = checked(httpPart, value) as { readonly error: RefusedRequest };
  expect(error.problem).toMatchObject(problem);
  expect(JSON.stringify(error.problem)).not.toContain('hunter2');
});
