import { parseJsonText } from '@switchboard/contracts';
import { checkReply, maxReplyBytes, type ReplyCode, type ReplyKind } from '@switchboard/source-kit';

export type CheckedReplyText = { readonly ok: true; readonly body: string } | { readonly ok: false; readonly code: ReplyCode };

/** Checks the JSON text of a reply; gives the text to send. A text of more than twice the limit is not parsed. */
export function checkReplyText(text: string, kind: ReplyKind): CheckedReplyText {
  if (text.length > 2 * maxReplyBytes) return { ok: false, code: 'ERR_REPLY_SIZE' };
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch {
    return { ok: false, code: 'ERR_REPLY_NOT_OBJECT' };
  }
  const checked = checkReply(value, kind);
  return checked.ok ? { ok: true, body: JSON.stringify(checked.activity) } : checked;
}
