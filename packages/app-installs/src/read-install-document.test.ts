import { expect, it } from 'vitest';
import { ignoredMembersOf } from './install-document.ts';
import { readInstallDocument } from './read-install-document.ts';

const CONTENT = 'ms.MessagingEventNotification.ContentEvent';

/** The document of the specification, member for member. */
const specified = {
  client_name: 'Example webhooks configuration',
  enabled: true,
  capabilities: {
    webhooks: {
      'ms.MessagingEventNotification.ContentEvent': { endpoint: 'https://www.application.endpoint.com/', max_retries: 1 },
      'ms.MessagingEventNotification.RichContentEvent': { endpoint: 'https://www.application.endpoint.com/' },
      'ms.MessagingEventNotification.ChatStateEvent': { endpoint: 'https://www.application.endpoint.com/' },
      'cqm.ExConversationChangeNotification': { endpoint: 'https://www.application.endpoint.com/', max_retries: 3 },
    },
  },
};

function withWebhook(webhook: unknown) {
  return { client_name: 'app', capabilities: { webhooks: { [CONTENT]: webhook } } };
}

function problemsOf(document: unknown) {
  const outcome = readInstallDocument(document);
  return outcome.ok ? [] : outcome.problems.map(({ code, member }) => `${code} ${member}`);
}

it('accepts the specified document unchanged, with the default of no retries', () => {
  const outcome = readInstallDocument(specified);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  const retries = Object.values(outcome.document.webhooks).map((webhook) => webhook?.maxRetries);
  expect(outcome.document).toMatchObject({ clientName: 'Example webhooks configuration', enabled: true, filter: null });
  expect(retries).toEqual([1, 0, 0, 3]);
  expect(JSON.parse(outcome.document.text)).toEqual(specified);
});

it('takes an absent enabled as true and absent capabilities as no webhook', () => {
  const outcome = readInstallDocument({ client_name: 'app' });
  expect(outcome).toMatchObject({ ok: true, document: { enabled: true, webhooks: {} } });
});

it('reads every optional member', () => {
  const outcome = readInstallDocument({
    client_name: 'app',
    enabled: false,
    filter: { apps: ['contoso-bot'], tenants: ['t1', 't1'], sources: ['ucwa'] },
    signing_secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
    capabilities: {
      webhooks: {
        retry: { retention_time: 600 },
        [CONTENT]: {
          endpoint: 'https://hooks.example:8443/in?tenant=1',
          max_retries: 5,
          headers: [{ header_name: 'X-Api-Key', header_value: 'k' }],
          ordering: 'conversation',
          max_concurrency: 4,
          rate_limit: 0.5,
          replier: true,
          disable_on_gone: true,
        },
      },
    },
  });
  expect(outcome).toMatchObject({
    ok: true,
    document: {
      enabled: false,
      retentionTimeSeconds: 600,
      filter: { apps: ['contoso-bot'], tenants: ['t1'], sources: ['ucwa'] },
      webhooks: {
        [CONTENT]: {
          endpoint: 'https://hooks.example:8443/in?tenant=1',
          maxRetries: 5,
          headers: [{ name: 'X-Api-Key', value: 'k' }],
          ordering: 'conversation',
          maxConcurrency: 4,
          rateLimit: 0.5,
          replier: true,
          disableOnGone: true,
        },
      },
    },
  });
});

it('keeps the signing secret out of the text that is stored', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const outcome = readInstallDocument({ client_name: 'app', signing_secret: secret });
  expect(outcome).toMatchObject({ ok: true, document: { signingSecret: secret } });
  expect(outcome.ok && outcome.document.text).toBe('{"client_name":"app"}');
});

/** Documents as the platform publishes them, with its own members. */
const platform = {
  description: 'Routes messages to the help desk',
  display_name: 'Help desk',
  logo_uri: 'https://logos.example/desk.png',
  scope: 'msg.consumer',
  grant_types: ['client_credentials'],
  response_types: ['code'],
  redirect_uris: ['https://desk.example/back'],
  id: 'd47a1',
  client_id: 'a2f81',
  client_id_issued_at: 1_700_000_000,
  client_secret_expires_at: 0,
  deleted: false,
};

it('accepts the members and capabilities of the platform that mean nothing here, stores them and names them', () => {
  const engagement = { design: { contents: ['text'] }, target_audience: ['known'] };
  const document = {
    ...specified,
    ...platform,
    capabilities: { ...specified.capabilities, engagement, broadcast: { enabled: true } },
  };
  const outcome = readInstallDocument(document);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  expect(JSON.parse(outcome.document.text)).toEqual(document);
  expect(ignoredMembersOf(document)).toEqual([...Object.keys(platform), 'capabilities.engagement', 'capabilities.broadcast']);
  expect(outcome.document.webhooks).toEqual((readInstallDocument(specified) as typeof outcome).document.webhooks);
  expect(ignoredMembersOf(specified)).toEqual([]);
});

it('ignores the client secret of the platform, and stores no value of it', () => {
  const outcome = readInstallDocument({ client_name: 'app', client_secret: 'hunter2' });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  expect(outcome.document.text).toBe('{"client_name":"app","client_secret":""}');
  expect(ignoredMembersOf(JSON.parse(outcome.document.text))).toEqual(['client_secret']);
});

it('refuses an ignored member nested more than 16 levels deep', () => {
  const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown;
  expect(problemsOf({ client_name: 'a', description: nested(16) })).toEqual([]);
  expect(problemsOf({ client_name: 'a', description: nested(100_000) })).toEqual(['ERR_INSTALL_OUT_OF_RANGE description']);
});

it('takes retry as the retention time and never as an event type', () => {
  const outcome = readInstallDocument({ client_name: 'app', capabilities: { webhooks: { retry: { retention_time: 0 } } } });
  expect(outcome).toMatchObject({ ok: true, document: { retentionTimeSeconds: null, webhooks: {} } });
});

it.each<[string, unknown, string[]]>([
  ['no object', [], ['ERR_INSTALL_WRONG_TYPE ']],
  ['no client_name', {}, ['ERR_INSTALL_MISSING client_name']],
  ['an empty client_name', { client_name: '' }, ['ERR_INSTALL_OUT_OF_RANGE client_name']],
  ['a client_name with a line break', { client_name: 'a\nb' }, ['ERR_INSTALL_OUT_OF_RANGE client_name']],
  ['enabled as text', { client_name: 'a', enabled: 'true' }, ['ERR_INSTALL_WRONG_TYPE enabled']],
  ['a misspelt member', { client_name: 'a', enabeld: true }, ['ERR_INSTALL_UNKNOWN_MEMBER enabeld']],
  ['capabilities as array', { client_name: 'a', capabilities: [] }, ['ERR_INSTALL_WRONG_TYPE capabilities']],
  ['another capability', { client_name: 'a', capabilities: { chat: {} } }, ['ERR_INSTALL_UNKNOWN_MEMBER capabilities.chat']],
  [
    'an unknown event type',
    { client_name: 'a', capabilities: { webhooks: { 'ms.Other': { endpoint: 'https://a.example/' } } } },
    ['ERR_INSTALL_UNKNOWN_EVENT_TYPE capabilities.webhooks["ms.Other"]'],
  ],
  [
    'an inherited name as event type',
    JSON.parse('{"client_name":"a","capabilities":{"webhooks":{"__proto__":{"endpoint":"https://a.example/"}}}}'),
    ['ERR_INSTALL_UNKNOWN_EVENT_TYPE capabilities.webhooks.__proto__'],
  ],
  ['a filter with an empty list', { client_name: 'a', filter: { tenants: [] } }, ['ERR_INSTALL_OUT_OF_RANGE filter.tenants']],
  ['a filter list of numbers', { client_name: 'a', filter: { apps: [1] } }, ['ERR_INSTALL_WRONG_TYPE filter.apps[0]']],
  ['an unknown filter', { client_name: 'a', filter: { users: ['u'] } }, ['ERR_INSTALL_UNKNOWN_MEMBER filter.users']],
  ['a short secret', { client_name: 'a', signing_secret: 'whsec_AAAA' }, ['ERR_INSTALL_OUT_OF_RANGE signing_secret']],
  [
    'a retention time of one second',
    { client_name: 'a', capabilities: { webhooks: { retry: { retention_time: 1 } } } },
    ['ERR_INSTALL_OUT_OF_RANGE capabilities.webhooks.retry.retention_time'],
  ],
])('refuses %s and names the member', (_case, document, problems) => {
  expect(problemsOf(document)).toEqual(problems);
});

const webhookPath = `capabilities.webhooks["${CONTENT}"]`;

it.each<[string, unknown, string[]]>([
  ['no endpoint', {}, [`ERR_INSTALL_MISSING ${webhookPath}.endpoint`]],
  ['an http endpoint', { endpoint: 'http://a.example/' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  ['an http endpoint in capitals', { endpoint: 'HTTP://a.example/' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  ['a relative endpoint', { endpoint: '/in' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  ['a file endpoint', { endpoint: 'file:///etc/passwd' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  ['user information', { endpoint: 'https://user:pw@a.example/' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  ['a fragment', { endpoint: 'https://a.example/#x' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  ['6 retries', { endpoint: 'https://a.example/', max_retries: 6 }, [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.max_retries`]],
  ['negative retries', { endpoint: 'https://a.example/', max_retries: -1 }, [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.max_retries`]],
  ['half a retry', { endpoint: 'https://a.example/', max_retries: 0.5 }, [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.max_retries`]],
  ['retries as text', { endpoint: 'https://a.example/', max_retries: '1' }, [`ERR_INSTALL_WRONG_TYPE ${webhookPath}.max_retries`]],
  ['an empty endpoint', { endpoint: '' }, [`ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`]],
  [
    'a header twice',
    {
      endpoint: 'https://a.example/',
      headers: [
        { header_name: 'x-a', header_value: '1' },
        { header_name: 'X-A', header_value: '2' },
      ],
    },
    [`ERR_INSTALL_HEADER ${webhookPath}.headers[1].header_name`],
  ],
  [
    '21 headers',
    {
      endpoint: 'https://a.example/',
      headers: Array.from({ length: 21 }, (_, index) => ({ header_name: `x-${index}`, header_value: '' })),
    },
    [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.headers`],
  ],
  [
    'a header value of null, as readers see it',
    { endpoint: 'https://a.example/', headers: [{ header_name: 'x-a', header_value: null }] },
    [`ERR_INSTALL_HEADER ${webhookPath}.headers[0].header_value`],
  ],
  ['another ordering', { endpoint: 'https://a.example/', ordering: 'tenant' }, [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.ordering`]],
  ['no concurrency', { endpoint: 'https://a.example/', max_concurrency: 0 }, [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.max_concurrency`]],
  ['a rate of nothing', { endpoint: 'https://a.example/', rate_limit: 0 }, [`ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.rate_limit`]],
  ['an insecure switch', { endpoint: 'https://a.example/', insecure: true }, [`ERR_INSTALL_UNKNOWN_MEMBER ${webhookPath}.insecure`]],
])('refuses a webhook with %s', (_case, webhook, problems) => {
  expect(problemsOf(withWebhook(webhook))).toEqual(problems);
});

it.each(['webhook-id', 'Webhook-Signature', 'ce-type', 'sb-replay', 'Content-Type', 'HOST', 'traceparent', 'Transfer-Encoding'])(
  'refuses the reserved header name %s',
  (name) => {
    const webhook = { endpoint: 'https://a.example/', headers: [{ header_name: name, header_value: 'x' }] };
    expect(problemsOf(withWebhook(webhook))).toEqual([`ERR_INSTALL_HEADER ${webhookPath}.headers[0].header_name`]);
  },
);

it('refuses header values that could break out of their line, and does not repeat them', () => {
  const value = 'secret-value\r\nwebhook-id: forged';
  const outcome = readInstallDocument(
    withWebhook({ endpoint: 'https://a.example/', headers: [{ header_name: 'x-a', header_value: value }] }),
  );
  expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'ERR_INSTALL_HEADER' }] });
  expect(JSON.stringify(outcome)).not.toContain('secret-value');
});

it('does not repeat the user information of a refused endpoint', () => {
  const outcome = readInstallDocument(withWebhook({ endpoint: 'https://user:hunter2@a.example/in?key=abc' }));
  expect(outcome.ok).toBe(false);
  expect(JSON.stringify(outcome)).not.toMatch(/hunter2|abc/);
});

it('says what an endpoint must be, with the endpoint as it may be shown', () => {
  const outcome = readInstallDocument(withWebhook({ endpoint: 'http://a.example/in?key=abc' }));
  expect(outcome.ok ? [] : outcome.problems.map(({ message }) => message)).toEqual([
    `${webhookPath}.endpoint must be an https URL (got "http://a.example/in")`,
  ]);
});

it('reports all problems at once', () => {
  const document = { enabled: 1, capabilities: { webhooks: { [CONTENT]: { endpoint: 'http://a.example', max_retries: 9 } } } };
  expect(problemsOf(document)).toEqual([
    'ERR_INSTALL_MISSING client_name',
    'ERR_INSTALL_WRONG_TYPE enabled',
    `ERR_INSTALL_ENDPOINT ${webhookPath}.endpoint`,
    `ERR_INSTALL_OUT_OF_RANGE ${webhookPath}.max_retries`,
  ]);
});
