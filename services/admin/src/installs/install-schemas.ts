import {
  exampleInstallDocument,
  INSTALL_ID_PATTERN,
  installDocumentSchema,
  MAX_SECRET_OVERLAP_MS,
  signingSecretSchema,
} from '@switchboard/app-installs';
import { type Static, strictObject, type TSchema, Type } from '@switchboard/validation';
import { nextSchema } from '../http/page.ts';

const EXAMPLE_ID = 'help-desk';

const installId = Type.String({
  pattern: INSTALL_ID_PATTERN,
  rule: '1 to 128 letters, digits, dots, underscores and hyphens, and begin with a letter or a digit',
  description: 'Id of the app install.',
  examples: [EXAMPLE_ID],
});

/** Path of the routes of one install. */
export const installParams = strictObject({ id: installId });

const time = (description: string) =>
  Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$', description: `${description} In UTC.` });
const timeOrNull = (description: string) => Type.Unsafe<string | null>({ ...time(description), type: ['string', 'null'] });

/** The document as it is shown: without an operator who asks for them, values of header fields are null and endpoints have no query. */
const shownDocumentSchema = Type.Unsafe<unknown>({
  ...(JSON.parse(JSON.stringify(installDocumentSchema), (name, value) =>
    name === 'header_value' ? { ...value, type: ['string', 'null'] } : value,
  ) as TSchema),
  title: 'ShownDocument',
  description:
    'The document as accepted, without its secrets. An operator who asks for them sees the values of header fields and the queries of endpoints.',
  examples: undefined,
});

const installMembers = {
  id: installId,
  version: Type.Integer({ minimum: 1, description: 'Number of the version.' }),
  etag: Type.String({ pattern: '^"[0-9]+-[0-9a-z-]+"$', description: 'Tag of the version, for If-Match.' }),
  paused: Type.Boolean({ description: 'Whether its deliveries wait by order of an operator.' }),
  disabled_webhooks: Type.Array(Type.String(), { description: 'Event types whose webhook responded with 410 and is disabled.' }),
  signing_secrets: Type.Array(strictObject({ id: Type.String(), not_after: timeOrNull('When it stops signing; null for the newest.') }), {
    description: 'Signing secrets in use, without their values.',
  }),
  created_at: time('When it was created.'),
  updated_at: time('When it was changed last.'),
  ignored: Type.Array(Type.String(), { description: 'Members of the document that mean nothing here.' }),
  document: shownDocumentSchema,
};

/** An install in a response. */
export const appInstallSchema = strictObject(installMembers, {
  title: 'AppInstall',
  description: 'An app install: its document and its state.',
});
export type AppInstallJson = Static<typeof appInstallSchema>;

/** An install after a change. */
export const changedInstallSchema = strictObject(
  {
    ...installMembers,
    signing_secret: Type.Optional(Type.String({ description: 'A signing secret that was generated. It is shown this once.' })),
  },
  { title: 'ChangedAppInstall', description: 'An app install after a change.' },
);

export const installListSchema = strictObject(
  { app_installs: Type.Array(appInstallSchema, { maxItems: 1_000, description: 'By id.' }), next: nextSchema },
  { title: 'AppInstallList', description: 'App installs that the token may see.' },
);

const rotation = strictObject({
  signing_secret: Type.Optional(signingSecretSchema),
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_SECRET_OVERLAP_MS / 1_000,
      description: 'Seconds for which the former secret signs too; default 86400.',
    }),
  ),
});

/** Body of a rotation, which may be absent. */
export const rotationSchema = Type.Unsafe<Static<typeof rotation> | null>({
  ...rotation,
  type: ['object', 'null'],
  title: 'Rotation',
  description: 'The next signing secret; one is generated unless it is given.',
  examples: [{ overlap_seconds: 3_600 }],
});

export const exampleInstall: AppInstallJson = {
  id: EXAMPLE_ID,
  version: 1,
  etag: '"1-mjuoo000"',
  paused: false,
  disabled_webhooks: [],
  signing_secrets: [{ id: '0b1f5c0e-6a57-4d0b-9d3c-0f4b7e1c2a11', not_after: null }],
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  ignored: [],
  document: exampleInstallDocument,
};
