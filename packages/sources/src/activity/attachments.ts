import type { JsonObject, Members } from '../members.ts';
import { isList, isObject } from '../members.ts';

/** Whether the attachments are nothing but the HTML rendering of the text, which Teams adds to every message. */
export function isOnlyRendering(activity: Members): boolean {
  const attachments = activity.peek('attachments');
  if (!isList(attachments)) return true;
  return attachments.length === 0 || (attachments.length === 1 && isRendering(attachments[0]));
}

/** Media types of the attachments in order. */
export function contentTypesOf(activity: Members): string[] {
  const attachments = activity.peek('attachments');
  if (!isList(attachments)) return [];
  return attachments.flatMap((attachment) =>
    isObject(attachment) && typeof attachment.contentType === 'string' ? [attachment.contentType] : [],
  );
}

/** The named members that the activity has, taken, in the order named. */
export function takeObject(activity: Members, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = activity.take(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function isRendering(attachment: unknown): boolean {
  if (typeof attachment !== 'object' || attachment === null) return false;
  const { contentType, content, contentUrl } = attachment as Partial<Record<string, unknown>>;
  return contentType === 'text/html' && typeof content === 'string' && (contentUrl === undefined || contentUrl === null);
}
