import { type JsonObject, replySchema } from '@switchboard/source-kit';
import { httpsUrl, optional, type Static, strictObject, Type, text } from '@switchboard/validation';

const METADATA_URL = 'https://login.botframework.com/v1/.well-known/openidconfiguration';
const ISSUER = 'https://api.botframework.com';
const WAIT_MS = 4500;
/** Shows nothing: what an invoke gets that has no reply, unless the entry has a default. */
const NO_REPLY: JsonObject = {};

export const configSchema = strictObject({
  /** Microsoft app id of the bot. */
  audience: text(),
  issuers: optional(Type.Array(text(), { minItems: 1, maxItems: 1_000 })),
  metadataUrl: optional(httpsUrl()),
  reply: optional(strictObject({ waitMs: optional(Type.Integer({ minimum: 0, maximum: WAIT_MS })), default: replySchema() })),
});

export type BotFrameworkEntry = ReturnType<typeof toEntry>;

export function toEntry({ audience, issuers, metadataUrl, reply }: Static<typeof configSchema>) {
  return {
    audience,
    issuers: issuers ?? [ISSUER],
    metadataUrl: metadataUrl ?? METADATA_URL,
    reply: { waitMs: reply?.waitMs ?? WAIT_MS, default: reply?.default ?? NO_REPLY },
  };
}
