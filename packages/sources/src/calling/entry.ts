import {
  converted,
  httpsUrl,
  integer,
  listOf,
  type MemberReader,
  mapOf,
  objectOf,
  oneOf,
  optional,
  reply,
  text,
  type ValueOf,
  withDefault,
} from '@switchboard/source-kit';

const publishedMetadataUrl = 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration';
const publishedIssuers = ['https://api.botframework.com', 'https://graph.microsoft.com'];

/** Microsoft gives a bot 15 s to take a call; the answer needs the rest of them to arrive. */
const longestWaitMs = 10_000;

const regions = objectOf({
  byTenant: withDefault(
    regionsBy((tenant) => tenant.toLowerCase()),
    new Map<string, string>(),
  ),
  byCountry: withDefault(
    regionsBy((country) => country.toUpperCase()),
    new Map<string, string>(),
  ),
  redirectStatus: withDefault(oneOf([302, 307]), 302),
});

const defaultRegions: ValueOf<typeof regions> = { byTenant: new Map(), byCountry: new Map(), redirectStatus: 302 };

/** The `graph-calling` entry of an app, which both calling protocols share. */
export const callingEntry = objectOf({
  /** App id. */
  audience: text({ maxLength: 256 }),
  issuers: withDefault(listOf(text(), { min: 1 }), publishedIssuers),
  metadataUrl: withDefault(httpsUrl(), publishedMetadataUrl),
  /** Admitted tenants; empty admits every one. */
  tenants: withDefault(listOf(text({ maxLength: 64 })), []),
  /** Where new calls belong; the caller's tenant counts before the caller's country. */
  regions: withDefault(regions, defaultRegions),
  /** `switch` asks for the Graph form of every legacy call, `accept` takes the legacy protocol as it is. */
  legacy: withDefault(oneOf(['switch', 'accept']), 'switch'),
  /** With `legacy: accept`: how long an answer waits for a workflow from a subscriber, and what it is without one. */
  workflow: optional(objectOf({ waitMs: integer({ min: 0, max: longestWaitMs }), default: reply('workflow') })),
});

export type CallingEntry = ValueOf<typeof callingEntry>;

function regionsBy(normal: (name: string) => string): MemberReader<ReadonlyMap<string, string>> {
  const read = (table: Readonly<Record<string, string>>) => new Map(Object.entries(table).map(([name, region]) => [normal(name), region]));
  return converted(mapOf(text({ maxLength: 64 })), (table) => ({ ok: true, value: read(table) }));
}
