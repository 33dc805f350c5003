import { readHref, segmentAfter } from './href.ts';
import { embeddedPath, linkPath, type UcwaReading } from './reading.ts';

export interface Person {
  readonly id: string | null;
  readonly name: string | null;
}

// Names are looked at and not taken: an event may have no place for the name of somebody without an id.

/** The one whom a link of the resource names: by the participant's id in the href and the title. */
export function personOfLink(reading: UcwaReading, rel: string): Person {
  const path = linkPath(reading, rel);
  return personAt(reading.members.peekText(...path, 'href'), reading.members.peekText(...path, 'title'));
}

/** The participant that the event's own link, or the list it is in, names. */
export function personOfEvent({ members, address }: UcwaReading): Person {
  const id = segmentAfter(address, 'participants') ?? null;
  if (id !== null) return { id, name: members.peekText('event', 'link', 'title') || null };
  return personAt(members.peekText('event', 'in', 'href'), members.peekText('event', 'in', 'title'));
}

/** Who sent an invitation: embedded with address and name, or a link only. */
export function takeInviter(reading: UcwaReading): Person {
  const path = embeddedPath(reading, 'from');
  const id = reading.members.takeText(...path, 'uri');
  const name = reading.members.peekText(...path, 'name');
  return id === null && name === null ? personOfLink(reading, 'from') : { id, name };
}

function personAt(href: string | null, title: string | null): Person {
  const id = href === null ? undefined : segmentAfter(readHref(href), 'participants');
  return { id: id ?? null, name: title === '' ? null : title };
}
