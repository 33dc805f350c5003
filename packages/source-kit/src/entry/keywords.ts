import type { Keyword, Keywords } from '@switchboard/validation';
import { checkReply } from '../check-reply.ts';
import { ERRORS } from '../errors.ts';
import { parseHmacKey } from '../hmac/keys.ts';
import type { ReplyKind } from '../reply-kind.ts';
import { routingTokenKeyProblem } from '../routing-tokens.ts';
import type { SecretResolver } from '../source.ts';
import type { SecretForm } from './schemas.ts';

/** What validation of SOURCES_FILE and its entries has as its context. */
export interface EntryValidation {
  readonly secret: SecretResolver;
}

const forms: Readonly<Record<SecretForm, (secret: string) => string | undefined>> = {
  text: () => undefined,
  'hmac-key': (secret) => {
    const parsed = parseHmacKey(secret);
    return parsed.ok ? undefined : parsed.problem;
  },
  'routing-token-key': routingTokenKeyProblem,
};

/** A reference to a secret that resolves, and the form of the secret. No message has either. */
const secretReference: Keyword<SecretForm, unknown, EntryValidation> = {
  broken(form, reference, { secret }) {
    const resolved = secret(reference);
    const rule = resolved.ok ? forms[form](resolved.value) : resolved.problem;
    return rule === undefined ? undefined : { rule };
  },
};

/** A reply that would be sent. */
const reply: Keyword<ReplyKind> = {
  type: 'object',
  broken(kind, value) {
    const checked = checkReply(value, kind);
    return checked.ok ? undefined : { rule: `must be a reply that can be sent. ${ERRORS[checked.code].meaning}` };
  },
};

/** Keywords of the schemas in this folder. */
export const entryKeywords: Keywords = { secretReference, reply };
