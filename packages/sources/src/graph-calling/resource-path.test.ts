import { describe, expect, it } from 'vitest';
import { readResourcePath } from './resource-path.ts';

describe('a resource path', () => {
  it.each([
    ['/communications/calls/A-1', 'A-1', 'call', null],
    ['/app/calls/A-1', 'A-1', 'call', null],
    ['communications/Calls/A-1/', 'A-1', 'call', null],
    ['https://graph.microsoft.com/v1.0/communications/calls/A-1?$select=id#x', 'A-1', 'call', null],
    ['/communications/calls/A-1/participants', 'A-1', 'participants', null],
    ['/communications/calls/A-1/Participants/p', 'A-1', 'participants', 'p'],
    ['/app/calls/A-1/operations/o', 'A-1', 'operations', 'o'],
    ['/app/calls/A-1/audioRoutingGroups/g', 'A-1', 'other', null],
    ['/app/calls/A-1/participants/p/mute', 'A-1', 'other', null],
    ['/app/calls', null, 'other', null],
    ['/app/calls/', null, 'other', null],
    ['/app/rooms/1', null, 'other', null],
    [`/app/calls/${'x'.repeat(513)}`, null, 'other', null],
    ['', null, 'other', null],
  ])('%s names call %s, %s, entity %s', (resource, callId, collection, entityId) => {
    expect(readResourcePath(resource)).toEqual({ callId, collection, entityId });
  });
});
