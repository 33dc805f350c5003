import { isJsonObject, type Json, type JsonObject, type NormalizeCode, parseJsonObject, textAt, valueAt } from '@switchboard/source-kit';

/** Members that the protocol requires of a channel and what they must be where they are present. */
const REQUIRED: readonly { readonly path: readonly string[]; readonly type: 'string' | 'object' }[] = [
  { path: ['channelId'], type: 'string' },
  { path: ['serviceUrl'], type: 'string' },
  { path: ['from'], type: 'object' },
  { path: ['from', 'id'], type: 'string' },
  { path: ['recipient'], type: 'object' },
  { path: ['recipient', 'id'], type: 'string' },
  { path: ['conversation'], type: 'object' },
  { path: ['conversation', 'id'], type: 'string' },
];

export type ReadActivity =
  | { readonly kind: 'activity'; readonly activity: JsonObject; readonly type: string }
  | { readonly kind: 'rejected'; readonly code: NormalizeCode; readonly detail?: string };

/**
 * The activity a body holds. Required members of a wrong type reject it; an absent one does so only where no event can
 * do without it: the type and the conversation. Everything else is read leniently.
 */
export function readActivity(body: Uint8Array): ReadActivity {
  const parsed = parseJsonObject(body);
  if (!parsed.ok) return { kind: 'rejected', code: parsed.code };
  const activity = parsed.value;
  const type = textAt(activity, 'type');
  if (type === undefined || type === '') return rejected('type must be a non-empty string');
  for (const required of REQUIRED) {
    const value = valueAt(activity, ...required.path);
    if (!isAbsent(value) && !hasType(value, required.type)) return rejected(`${required.path.join('.')} must be of type ${required.type}`);
  }
  if (conversationOf(activity) === undefined) return rejected('conversation.id must be a non-empty string');
  return { kind: 'activity', activity, type };
}

/** Conversation id of an activity; undefined where it names none. */
export function conversationOf(activity: JsonObject): string | undefined {
  return textAt(activity, 'conversation', 'id') || undefined;
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function hasType(value: Json | undefined, type: 'string' | 'object'): boolean {
  return type === 'string' ? typeof value === 'string' : value !== undefined && isJsonObject(value);
}

function rejected(detail: string): ReadActivity {
  return { kind: 'rejected', code: 'ERR_NORMALIZE_SHAPE', detail };
}
