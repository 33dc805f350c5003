import { replySchema } from '@switchboard/source-kit';
import { httpsUrl, mapOf, oneOf, optional, type Static, strictObject, Type, text } from '@switchboard/validation';

const publishedMetadataUrl = 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration';
const publishedIssuers: readonly string[] = ['https://api.botframework.com', 'https://graph.microsoft.com'];

/** Microsoft gives a bot 15 s to take a call; the answer needs the rest of them to arrive. */
const longestWaitMs = 10_000;

/** The `graph-calling` entry of an app, which both calling protocols share. */
export const callingConfig = strictObject({
  /** App id. */
  audience: text(256),
  issuers: optional(Type.Array(text(), { minItems: 1, maxItems: 1_000 })),
  metadataUrl: optional(httpsUrl()),
  /** Admitted tenants; empty admits every one. */
  tenants: optional(Type.Array(text(64), { maxItems: 1_000 })),
  /** Where new calls belong; the caller's tenant counts before the caller's country. */
  regions: optional(
    strictObject({
      byTenant: optional(mapOf(text(64))),
      byCountry: optional(mapOf(text(64))),
      redirectStatus: optional(oneOf([302, 307])),
    }),
  ),
  /** `switch` asks for the Graph form of every legacy call, `accept` takes the legacy protocol as it is. */
  legacy: optional(oneOf(['switch', 'accept'])),
  /** With `legacy: accept`: how long an answer waits for a workflow from a subscriber, and what it is without one. */
  workflow: optional(strictObject({ waitMs: Type.Integer({ minimum: 0, maximum: longestWaitMs }), default: replySchema('workflow') })),
});

export type CallingEntry = ReturnType<typeof toCallingEntry>;

export function toCallingEntry(config: Static<typeof callingConfig>) {
  const { audience, issuers, metadataUrl, tenants, regions, legacy, workflow } = config;
  return {
    audience,
    issuers: issuers ?? publishedIssuers,
    metadataUrl: metadataUrl ?? publishedMetadataUrl,
    tenants: tenants ?? [],
    regions: {
      byTenant: renamed(regions?.byTenant, (tenant) => tenant.toLowerCase()),
      byCountry: renamed(regions?.byCountry, (country) => country.toUpperCase()),
      redirectStatus: regions?.redirectStatus ?? 302,
    },
    legacy: legacy ?? 'switch',
    workflow: workflow ?? undefined,
  };
}

function renamed(
  table: Readonly<Record<string, string>> | null | undefined,
  normal: (name: string) => string,
): ReadonlyMap<string, string> {
  return new Map(Object.entries(table ?? {}).map(([name, region]) => [normal(name), region]));
}
