import type { JsonObject } from '../body/json.ts';
import { checkReply } from '../check-reply.ts';
import { ERRORS } from '../errors.ts';
import type { ReplyKind } from '../reply-kind.ts';
import { type MemberReader, problem, required } from './member-reader.ts';

/** A reply that would be sent: `checkReply` holds. A problem tells the rule, not the reply. */
export function reply(kind: ReplyKind = 'message'): MemberReader<JsonObject> {
  return required((value, place) => {
    const checked = checkReply(value, kind);
    return checked.ok ? checked.activity : problem(place, `must be a reply that can be sent. ${ERRORS[checked.code].meaning}`);
  });
}
