import { expect, it } from 'vitest';
import { GUARD, GUARDED, guardedAnswer } from '../chaos/load/receiver-answer.ts';
import { secretsArrive } from './secrets-arrive.ts';

it.each([
  ['both', GUARD.query, { [GUARD.headerName]: GUARD.headerValue }, 0],
  ['no query', null, { [GUARD.headerName]: GUARD.headerValue }, 1],
  ['an empty header value', GUARD.query, { [GUARD.headerName]: '' }, 1],
])('a request with %s counts as a violation unless it has the query and the header of its webhook', (_what, key, headers, violations) => {
  const answer = guardedAnswer(key, headers);
  const status = answer.kind === 'answer' ? answer.status : null;
  const request = { at: 0, webhookId: 'w', bodyHash: '', eventId: '', markers: [], attempt: 1, path: `/${GUARDED}`, status };
  expect(secretsArrive({ received: [request] }).violations).toHaveLength(violations);
});
