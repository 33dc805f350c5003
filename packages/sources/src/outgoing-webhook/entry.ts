import { type EntryContext, parseHmacKey, replySchema, secretReference, secretText } from '@switchboard/source-kit';
import { optional, type Static, strictObject, Type, text } from '@switchboard/validation';

/** The sender gives up after five seconds; the rest is for the way back. */
const WAIT_MS = 4500;

export const configSchema = strictObject({
  /** Values of `?id=` that lead to this app, in any letter case. */
  ids: Type.Array(text(), { minItems: 1, maxItems: 1_000 }),
  /** Security tokens of the webhook; several while one replaces another, or for one webhook in several teams. */
  keys: Type.Array(secretReference('hmac-key'), { minItems: 1, maxItems: 16 }),
  team: optional(text()),
  tenant: optional(text()),
  name: optional(text()),
  reply: strictObject({ waitMs: optional(Type.Integer({ minimum: 0, maximum: WAIT_MS })), default: replySchema() }),
});

export type OutgoingWebhookEntry = ReturnType<typeof toEntry>;

export function toEntry({ ids, keys, team, tenant, name, reply }: Static<typeof configSchema>, context: EntryContext) {
  return {
    ids: ids.map((id) => id.toLowerCase()),
    keys: keys.flatMap((reference) => {
      const parsed = parseHmacKey(secretText(reference, context));
      return parsed.ok ? [parsed.key] : [];
    }),
    team: team ?? undefined,
    tenant: tenant ?? undefined,
    name: name ?? undefined,
    reply: { waitMs: reply.waitMs ?? WAIT_MS, default: reply.default },
  };
}
