import { Type } from '@switchboard/validation';
import type { JsonObject } from '../body/json.ts';
import type { ReplyKind } from '../reply-kind.ts';

/** Where a secret is: never in SOURCES_FILE itself. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** What a secret must be: `hmac-key` is base64 of 32 bytes, `routing-token-key` has at least 32 characters. */
export type SecretForm = 'text' | 'hmac-key' | 'routing-token-key';

/** A reference to a secret of this form. */
export function secretReference(form: SecretForm = 'text') {
  return Type.Unsafe<SecretReference>({ secretReference: form, secret: true, rule: '{env: NAME} or {file: PATH}' });
}

/** A reply that can be sent: `checkReply` holds. */
export function replySchema(kind: ReplyKind = 'message') {
  return Type.Unsafe<JsonObject>({ type: 'object', reply: kind, rule: 'a reply' });
}
