import type { JsonObject } from '@switchboard/source-kit';

const APPLICATION = '/platformservice/tgt-0f0f/v1/applications/77';

/** Href of a resource of the conversation. */
export function inConversation(path: string, conversation = 'c1'): string {
  return `${APPLICATION}/communication/conversations/${conversation}${path === '' ? '' : `/${path}`}`;
}

/** Href of a resource of the communication. */
export function inCommunication(path: string): string {
  return `${APPLICATION}/communication/${path}`;
}

/** An event of the conversation, with the resource embedded under its relation where one is given. */
export function eventOn(rel: string, type: string, href: string, rest: { resource?: JsonObject; more?: JsonObject } = {}): JsonObject {
  const embedded = rest.resource === undefined ? {} : { _embedded: { [rel]: rest.resource } };
  return { link: { rel, href }, type, ...embedded, ...rest.more };
}

/** A document with one sender. */
export function documentOf(...events: readonly JsonObject[]): JsonObject {
  return { ...frame(), sender: [{ rel: 'conversation', href: inConversation(''), events }] };
}

/** A document without its senders; the key makes it document 3 of the conversation's event channel. */
export function frame(key = '77~sip:desk@contoso.example~c1'): JsonObject {
  return { _links: { self: { href: `${APPLICATION}/events?ack=3&key=${encodeURIComponent(key)}` } }, baseuri: 'https://pool1.example.com' };
}
