import { type Source, secretReference } from '@switchboard/source-kit';
import { httpsUrl, mapNamed, type Static, strictObject, Type } from '@switchboard/validation';

/** The largest body has to fit. */
const MIN_BYTES = 1_048_576;
const REGION = '^[a-z0-9][a-z0-9-]{0,31}$';
const regionRule = 'a name of lower-case letters, digits and hyphens';

/** Whole numbers are exact up to here: nothing above it can be meant. */
const MAX = Number.MAX_SAFE_INTEGER;

const limitsSchema = strictObject({
  /** Authenticated requests a second. */
  requests_per_second: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX, rule: 'an integer of at least 1' })),
  /** Body bytes of authenticated requests that are handled at once. */
  bytes_in_flight: Type.Optional(Type.Integer({ minimum: MIN_BYTES, maximum: MAX, rule: `an integer of at least ${MIN_BYTES}` })),
});

const regionsSchema = strictObject({
  /** Name of the region of this process. */
  self: Type.String({ pattern: REGION, rule: regionRule }),
  /** Base URL of every region. */
  table: Type.Optional(
    mapNamed(
      REGION,
      `must be ${regionRule}`,
      httpsUrl({ loopbackHttp: true, query: false, fragment: false }, { rule: 'an https URL without a query and a fragment' }),
    ),
  ),
});

/** An app: its limits, and the entry of each source that it has, by the name of the entry. */
type AppConfig = { readonly limits?: Static<typeof limitsSchema> } & Readonly<Record<string, unknown>>;

/** The schema of SOURCES_FILE with the entries of these sources. */
export function sourcesSchema(sources: readonly Source[]) {
  const entries = Object.fromEntries(sources.map((source) => [source.entryName, Type.Optional(source.configSchema)]));
  const names = [...Object.keys(entries), 'limits'].join(', ');
  const app = strictObject(
    { ...entries, limits: Type.Optional(limitsSchema) },
    { unknownMember: `is not a source; an app has ${names}`, rule: 'an object of source to entry' },
  );
  return strictObject({
    /** The first signs, all verify. */
    routingTokenKeys: Type.Array(secretReference('routing-token-key'), {
      minItems: 1,
      secret: true,
      rule: 'an array of at least one {env: NAME} or {file: PATH}',
    }),
    regions: Type.Optional(regionsSchema),
    apps: mapNamed(
      '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
      'must be a name of at most 128 letters, digits, dots, underscores and hyphens',
      Type.Unsafe<AppConfig>(app),
    ),
  });
}

export type SourcesFile = Static<ReturnType<typeof sourcesSchema>>;
