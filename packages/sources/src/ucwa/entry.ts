import { httpsUrl, optional, type Static, strictObject, Type, text } from '@switchboard/validation';

const METADATA_URL = 'https://login.microsoftonline.com/common/.well-known/openid-configuration';

export const configSchema = strictObject({
  /** App ID URI of the registration, compared letter by letter: a trailing slash counts. */
  audience: text(),
  /** Tenants whose application endpoints may post. All tenants share one key set, so that without a list every one would be admitted. */
  tenants: Type.Array(text(), { minItems: 1, maxItems: 1_000 }),
  metadataUrl: optional(httpsUrl()),
});

export type UcwaEntry = ReturnType<typeof toEntry>;

export function toEntry({ audience, tenants, metadataUrl }: Static<typeof configSchema>) {
  return { audience, tenants, metadataUrl: metadataUrl ?? METADATA_URL };
}
