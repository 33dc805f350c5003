import { isJsonList, isJsonObject, type Json, type JsonObject } from './body/json.ts';
import { parseJson } from './body/parse-json.ts';
import { isWorkflow } from './check-workflow.ts';
import type { ErrorCode } from './errors.ts';
import type { ReplyKind } from './reply-kind.ts';

export type ReplyCode = Extract<ErrorCode, `ERR_REPLY_${string}`>;
export type CheckedReply = { readonly ok: true; readonly activity: JsonObject } | { readonly ok: false; readonly code: ReplyCode };

export const maxReplyBytes = 28 * 1024;

/**
 * Whether a value may be sent as the answer to a sender that waits, of at most 28 kB of JSON: a message activity whose
 * card actions only open links, which is all that the platform carries out for a webhook, or a workflow.
 */
export function checkReply(value: unknown, kind: ReplyKind = 'message'): CheckedReply {
  if (!isJsonObject(value)) return { ok: false, code: 'ERR_REPLY_NOT_OBJECT' };
  const body = bytesOf(value);
  if (body === undefined) return { ok: false, code: 'ERR_REPLY_DEPTH' };
  if (body.length > maxReplyBytes) return { ok: false, code: 'ERR_REPLY_SIZE' };
  // Read back from its bytes, so that what is checked is what will be sent.
  const parsed = parseJson(body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return { ok: false, code: parsed.ok ? 'ERR_REPLY_NOT_OBJECT' : 'ERR_REPLY_DEPTH' };
  if (kind === 'workflow')
    return isWorkflow(parsed.value) ? { ok: true, activity: parsed.value } : { ok: false, code: 'ERR_REPLY_WORKFLOW' };
  if (parsed.value.type !== 'message') return { ok: false, code: 'ERR_REPLY_TYPE' };
  if (!opensLinksOnly(parsed.value)) return { ok: false, code: 'ERR_REPLY_ACTION' };
  return { ok: true, activity: parsed.value };
}

// What has no JSON at all (a cycle, nesting beyond the stack) counts as nested too deep.
function bytesOf(value: JsonObject): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

// Where cards of every kind keep their actions: hero and thumbnail (buttons, tap), adaptive (actions, selectAction,
// inlineAction), connector (potentialAction), the activity itself (suggestedActions.actions).
const ACTION_MEMBERS = new Set(['buttons', 'tap', 'actions', 'selectaction', 'inlineaction', 'potentialaction']);
const LINK_ACTIONS = new Set(['openurl', 'action.openurl', 'openuri']);

function opensLinksOnly(value: Json): boolean {
  if (isJsonList(value)) return value.every(opensLinksOnly);
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([name, member]) => {
    const isAction = ACTION_MEMBERS.has(name.toLowerCase());
    return (!isAction || actionsOf(member).every(isLinkAction)) && opensLinksOnly(member);
  });
}

function actionsOf(member: Json): readonly Json[] {
  if (member === null) return [];
  return isJsonList(member) ? member : [member];
}

function isLinkAction(action: Json): boolean {
  if (!isJsonObject(action)) return false;
  const type = action.type ?? action['@type'];
  return typeof type === 'string' && LINK_ACTIONS.has(type.toLowerCase());
}
