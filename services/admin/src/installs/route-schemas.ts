import { installDocumentSchema } from '@switchboard/app-installs';
import { oneOf, strictObject, type TSchema, Type } from '@switchboard/validation';
import { pageQuerySchema } from '../http/page.ts';
import type { AdminCode } from '../http/problem.ts';
import { type ResponseDescription, type RouteDescription, routeSchema } from '../http/route-schema.ts';
import {
  appInstallSchema,
  changedInstallSchema,
  exampleInstall,
  installListSchema,
  installParams,
  rotationSchema,
} from './install-schemas.ts';

const ifMatch = Type.Optional(
  Type.String({
    description: 'Tag of the version that the change is based on, or *. Mandatory where the install exists.',
    examples: [exampleInstall.etag],
  }),
);
const ifNoneMatch = Type.Optional(Type.String({ description: '* to create an install only if the id is free.', examples: ['*'] }));

const etag = { ETag: Type.String({ description: 'Tag of the version.' }) };
const changed = (description: string): ResponseDescription => {
  return { description, schema: changedInstallSchema, example: exampleInstall, headers: etag };
};

/** Every change refuses with these. */
const CHANGE: readonly AdminCode[] = [
  'ERR_ADMIN_FORBIDDEN',
  'ERR_ADMIN_VERSION_MISMATCH',
  'ERR_ADMIN_UNSUPPORTED_MEDIA',
  'ERR_ADMIN_VERSION_REQUIRED',
  'ERR_ADMIN_UNAVAILABLE',
  'ERR_ADMIN_OUTCOME_UNKNOWN',
];

interface OfOne extends Omit<RouteDescription, 'params' | 'headers'> {
  readonly headers?: Readonly<Record<string, TSchema>>;
}

/** A route of one install. */
function ofOne({ headers, ...description }: OfOne) {
  return routeSchema({ ...description, params: installParams, ...(headers && { headers: Type.Object(headers) }) });
}

function pauseRoute(action: 'pause' | 'resume', summary: string, description: string) {
  return ofOne({
    operationId: `${action}AppInstall`,
    summary,
    description: `${description} Needs a token of role operator. An install that is in this state already stays as it is.`,
    headers: { 'if-match': ifMatch },
    responses: { 200: changed('The install as it is now.') },
    problems: ['ERR_ADMIN_NOT_FOUND', ...CHANGE],
  });
}

/** Schemas of the routes of app installs. */
export const installRouteSchemas = {
  list: routeSchema({
    operationId: 'listAppInstalls',
    summary: 'List app installs',
    description: 'The installs that the token may see, by id, page by page.',
    querystring: pageQuerySchema,
    responses: {
      200: { description: 'The installs.', schema: installListSchema, example: { app_installs: [exampleInstall], next: null } },
    },
    problems: [],
  }),
  show: ofOne({
    operationId: 'getAppInstall',
    summary: 'Get an app install',
    description:
      'Its document and its state. Values of header fields are null and endpoints have no query, unless an operator asks for them.',
    querystring: strictObject({
      secrets: Type.Optional(oneOf(['show'], { description: 'Header values and queries too, for operators.', examples: ['show'] })),
    }),
    responses: { 200: { description: 'The install.', schema: appInstallSchema, example: exampleInstall, headers: etag } },
    problems: ['ERR_ADMIN_FORBIDDEN', 'ERR_ADMIN_NOT_FOUND'],
  }),
  apply: ofOne({
    operationId: 'putAppInstall',
    summary: 'Create or replace an app install',
    description:
      'Writes the document. An install without a signing secret gets a generated one, which this response shows once. Webhooks that a response of 410 disabled are enabled again.',
    headers: { 'if-match': ifMatch, 'if-none-match': ifNoneMatch },
    body: installDocumentSchema,
    responses: { 200: changed('The install was changed.'), 201: changed('The install was created.') },
    problems: ['ERR_ADMIN_ID_TAKEN', 'ERR_ADMIN_INVALID_DOCUMENT', ...CHANGE],
  }),
  remove: ofOne({
    operationId: 'deleteAppInstall',
    summary: 'Remove an app install',
    description: 'Its events are not delivered any more.',
    headers: { 'if-match': ifMatch },
    responses: { 204: { description: 'The install was removed.' } },
    problems: ['ERR_ADMIN_NOT_FOUND', ...CHANGE],
  }),
  pause: pauseRoute('pause', 'Pause the deliveries of an app install', 'Its deliveries wait until they are resumed.'),
  resume: pauseRoute('resume', 'Resume the deliveries of an app install', 'Ends a pause.'),
  rotate: ofOne({
    operationId: 'rotateSigningSecret',
    summary: 'Rotate the signing secret of an app install',
    description: 'Adds a signing secret. The former one signs too until the overlap is over.',
    headers: { 'if-match': ifMatch },
    body: rotationSchema,
    responses: { 200: changed('The install with its new secret.') },
    problems: ['ERR_ADMIN_NOT_FOUND', ...CHANGE],
  }),
};
