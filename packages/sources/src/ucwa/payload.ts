import { isList, isObject, type Json, type JsonObject } from '../members.ts';
import { bareRel, lastSegment, readHref, segmentAfter } from './href.ts';

/** A document of events, with the events in the order of the document, over all senders. */
export interface UcwaDocument {
  readonly events: readonly UcwaPart[];
  /** Number of the document within the event channel of `key`, from the link to itself. */
  readonly ack: number | null;
  /** Event channel: `<application>~<endpoint>~<conversation>`. */
  readonly key: string | null;
}

/** One event, with its sender and its document. */
export interface UcwaPart {
  readonly event: Json;
  /** Its sender without the list of events. */
  readonly sender: Json;
  /** The document without the list of senders. */
  readonly document: JsonObject;
}

export type ReadDocument = { readonly ok: true; readonly document: UcwaDocument } | { readonly ok: false; readonly problem: string };

/** Lenient in everything but the frame: an element that is not what it should be becomes an event that no rule maps. */
export function readDocument(root: Json): ReadDocument {
  if (!isObject(root)) return { ok: false, problem: 'the body must be an object' };
  const { sender: senders, ...frame } = root;
  const absent = senders === undefined || senders === null;
  if (absent && !isObject(root._links)) return { ok: false, problem: 'sender or _links must be present' };
  if (!absent && !isList(senders)) return { ok: false, problem: 'sender must be a list' };
  const events = absent ? [] : senders.flatMap((sender) => partsOf(sender, frame));
  return { ok: true, document: { events, ...positionOf(frame) } };
}

function partsOf(sender: Json, document: JsonObject): readonly UcwaPart[] {
  if (!isObject(sender)) return [{ event: null, sender, document }];
  const { events, ...rest } = sender;
  if (events === undefined || events === null) return saysMore(rest) ? [{ event: null, sender, document }] : [];
  if (!isList(events)) return [{ event: events, sender: rest, document }];
  return events.map((event) => ({ event, sender: rest, document }));
}

// A sender without events announces nothing, unless it says something in a way of its own.
function saysMore(sender: JsonObject): boolean {
  return Object.keys(sender).some((name) => name !== 'rel' && name !== 'href');
}

function positionOf(frame: JsonObject): Pick<UcwaDocument, 'ack' | 'key'> {
  const href = hrefOf(isObject(frame._links) ? frame._links.self : undefined);
  const { ack, key } = href === undefined ? {} : (readHref(href).query as Partial<Record<string, string>>);
  return { ack: ack !== undefined && /^\d{1,15}$/.test(ack) ? Number(ack) : null, key: key === undefined || key === '' ? null : key };
}

/** The href of a link; of the first where a relation has several. */
export function hrefOf(link: Json | undefined): string | undefined {
  const first = isList(link) ? link[0] : link;
  return isObject(first) && typeof first.href === 'string' ? first.href : undefined;
}

/** Conversation of an event channel. */
export function conversationOfKey(key: string | null): string | undefined {
  if (key === null) return undefined;
  const at = key.lastIndexOf('~');
  return at < 0 || at === key.length - 1 ? undefined : key.slice(at + 1);
}

/** Conversation an event belongs to, by the hrefs in it from the nearest to the farthest. */
export function conversationOfPart({ event, sender }: UcwaPart): string | undefined {
  if (!isObject(event)) return conversationOfHref(hrefOf(sender));
  return (
    conversationOfHref(hrefOf(event.link)) ??
    conversationOfResource(event._embedded) ??
    conversationOfHref(hrefOf(event.in)) ??
    conversationOfHref(hrefOf(sender))
  );
}

// The link that names the conversation counts before others that lead into one, say of a participant elsewhere.
function conversationOfResource(embedded: Json | undefined): string | undefined {
  const resources = isObject(embedded) ? Object.values(embedded) : [];
  const links = resources.flatMap((resource) => (isObject(resource) && isObject(resource._links) ? Object.entries(resource._links) : []));
  const named = links.filter(([rel]) => bareRel(rel) === 'conversation');
  return [...named, ...links].map(([, link]) => conversationOfHref(hrefOf(link))).find((conversation) => conversation !== undefined);
}

function conversationOfHref(href: string | undefined): string | undefined {
  return href === undefined ? undefined : segmentAfter(readHref(href), 'conversations');
}

/** Id of an invitation, from the path of an event's link. */
export function invitationOfPart({ event }: UcwaPart): string | undefined {
  if (!isObject(event) || !isObject(event.link) || typeof event.link.rel !== 'string' || !/Invitation$/.test(event.link.rel))
    return undefined;
  const href = hrefOf(event.link);
  return href === undefined ? '' : (lastSegment(readHref(href)) ?? '');
}
