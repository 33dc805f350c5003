import { type EventType, eventTypes, type InstallFilter, type Webhook } from '@switchboard/contracts';
import { httpsUrl, oneOf, optional, type Static, strictObject, Type, text } from '@switchboard/validation';
import type { InstallProblemCode } from './install-problem.ts';

/** Codes for what is wrong with a member, where they are not the usual ones of a kind of problem. */
const codes = (codes: Readonly<Record<string, InstallProblemCode>>) => ({ codes });

/** A member that the platform of these documents has and that means nothing here: any value is stored as it is. */
const ignored = (description: string) => Type.Optional(Type.Unknown({ description, maxDepth: 16 }));

const headerSchema = strictObject({
  header_name: Type.String({
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$",
    freeHeaderName: true,
    // A whole header may be here by mistake.
    secret: true,
    rule: 'an HTTP header name of at most 128 characters',
    ...codes({ value: 'ERR_INSTALL_HEADER' }),
  }),
  header_value: Type.String({
    pattern: '^[ -~]{0,2048}$',
    secret: true,
    rule: 'a string of up to 2048 printable ASCII characters; a null of a response is not a value',
    ...codes({ type: 'ERR_INSTALL_HEADER', value: 'ERR_INSTALL_HEADER' }),
  }),
});

const webhookSchema = strictObject({
  endpoint: httpsUrl(
    { fragment: false },
    { maxLength: 2_048, rule: 'an https URL of at most 2048 characters', ...codes({ value: 'ERR_INSTALL_ENDPOINT' }) },
  ),
  max_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 5, description: 'Attempts after the first; default 0.' })),
  headers: Type.Optional(
    Type.Array(headerSchema, { maxItems: 20, uniqueIgnoringCase: 'header_name', ...codes({ uniqueIgnoringCase: 'ERR_INSTALL_HEADER' }) }),
  ),
  ordering: Type.Optional(oneOf(['conversation'], { description: 'Later deliveries of a conversation wait for earlier ones.' })),
  max_concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Most attempts at a time.' })),
  rate_limit: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000, description: 'Most attempts a second.' })),
  replier: Type.Optional(Type.Boolean({ description: 'The body of a 200 response is a reply to the sender of the notification.' })),
  disable_on_gone: Type.Optional(Type.Boolean({ description: 'A response of 410 disables the webhook.' })),
});

/** Not an event type: the retention time of the whole install. */
const retrySchema = strictObject({
  retention_time: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 259_200,
      not: { const: 1 },
      rule: '0 or an integer from 2 to 259200',
      description: 'Longest age of a delivery in seconds where ordering is kept; 0 for no limit.',
    }),
  ),
});

type WebhooksJson = { readonly retry?: Static<typeof retrySchema> } & { readonly [Type in EventType]?: WebhookJson };

const webhooksSchema = Type.Unsafe<WebhooksJson>({
  type: 'object',
  properties: { retry: retrySchema },
  // One pattern, because ajv would compile the schema of a webhook once for each property.
  patternProperties: { [`^(${Object.keys(eventTypes).join('|').replaceAll('.', '\\.')})$`]: webhookSchema },
  additionalProperties: false,
  unknownMember: 'is not an event type',
  ...codes({ unknown: 'ERR_INSTALL_UNKNOWN_EVENT_TYPE' }),
});

const ignoredCapabilities = {
  engagement: ignored('Campaigns that the platform offers the app for.'),
  broadcast: ignored('Whether the app may send broadcasts.'),
};

const names = Type.Optional(Type.Array(text(512), { minItems: 1, maxItems: 1_000 }));

const ignoredMembers = {
  id: ignored('Id on the platform.'),
  display_name: ignored('Name that the platform shows.'),
  description: ignored('Description that the platform shows.'),
  logo_uri: ignored('Logo that the platform shows.'),
  scope: ignored('Scope of the tokens of the platform.'),
  grant_types: ignored('OAuth grants of the client.'),
  response_types: ignored('OAuth response types of the client.'),
  redirect_uris: ignored('OAuth redirect addresses of the client.'),
  client_id: ignored('OAuth client id.'),
  client_id_issued_at: ignored('When the platform issued the client id.'),
  client_secret: optional(
    Type.String({ secret: true, description: 'OAuth client secret of the platform. Ignored, and never stored.', writeOnly: true }),
  ),
  client_secret_expires_at: ignored('When the client secret of the platform expires.'),
  deleted: ignored('Whether the app was removed from the platform.'),
};

/** A signing secret that is written. */
export const signingSecretSchema = Type.String({
  signingSecret: true,
  secret: true,
  rule: 'whsec_ and the base64 text of 24 to 64 bytes',
  description: 'Signing secret of Standard Webhooks: whsec_ and the base64 text of 24 to 64 bytes.',
  writeOnly: true,
});

const members = {
  client_name: Type.String({
    minLength: 1,
    maxLength: 128,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
    rule: 'a string of 1 to 128 characters without control characters',
    description: 'Name of the app install.',
  }),
  enabled: Type.Optional(Type.Boolean({ description: 'Whether new events are delivered; default true.' })),
  capabilities: Type.Optional(
    strictObject(
      { webhooks: Type.Optional(webhooksSchema), ...ignoredCapabilities },
      { unknownMember: 'is not a member here; members are webhooks' },
    ),
  ),
  filter: Type.Optional(strictObject({ apps: names, tenants: names, sources: names })),
  signing_secret: Type.Optional(signingSecretSchema),
};

export const exampleInstallDocument = {
  client_name: 'Help desk',
  capabilities: {
    webhooks: { 'ms.MessagingEventNotification.ContentEvent': { endpoint: 'https://hooks.example/events', max_retries: 3 } },
  },
  filter: { tenants: ['00000000-0000-4000-8000-000000000001'] },
};

/** An app-install document as it is written and shown. */
export const installDocumentSchema = strictObject(
  { ...members, ...ignoredMembers },
  {
    title: 'AppInstallDocument',
    description: 'What an app install is: which webhooks get which events.',
    unknownMember: `is not a member here; members are ${Object.keys(members).join(', ')}`,
    examples: [exampleInstallDocument],
  },
);

export type InstallDocumentJson = Static<typeof installDocumentSchema>;

export type WebhookJson = Static<typeof webhookSchema>;

/** Where and how events of one type are delivered. */
export type WebhookDocument = Omit<Webhook, 'disabled'>;

/** An app-install document, read and completed with defaults. */
export interface InstallDocument {
  readonly clientName: string;
  readonly enabled: boolean;
  readonly webhooks: Readonly<Partial<Record<EventType, WebhookDocument>>>;
  /** Longest age of a delivery where ordering is kept, seconds; null where the document sets none. */
  readonly retentionTimeSeconds: number | null;
  readonly filter: InstallFilter | null;
  /** Given by the writer, `whsec_…`; null: the store keeps the one it has, or makes one. */
  readonly signingSecret: string | null;
  /** JSON text of the document as accepted, without secrets that are stored elsewhere or not at all. */
  readonly text: string;
}

/** Members of a document that are stored and shown, and change nothing: `description`, `capabilities.engagement`. */
export function ignoredMembersOf(document: InstallDocumentJson): readonly string[] {
  const { capabilities = {} } = document;
  return [
    ...Object.keys(document).filter((name) => Object.hasOwn(ignoredMembers, name)),
    ...Object.keys(capabilities).flatMap((name) => (Object.hasOwn(ignoredCapabilities, name) ? [`capabilities.${name}`] : [])),
  ];
}
