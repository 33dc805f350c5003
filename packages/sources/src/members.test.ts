import { expect, it } from 'vitest';
import { readMembers } from './members.ts';

const payload = { id: '7', from: { id: 'a', name: 'Ann' }, list: [{ id: 'x', more: 1 }, { id: 'y' }], empty: {}, count: 3, on: true };

it('gives back unchanged what was not taken', () => {
  expect(readMembers(payload).rest()).toEqual(payload);
});

it('leaves out what was taken and the containers that this emptied, but not what came empty', () => {
  const members = readMembers(payload);
  expect(members.takeText('id')).toBe('7');
  expect(members.takeText('from', 'id')).toBe('a');
  expect(members.takeText('from', 'name')).toBe('Ann');
  expect(members.takeText('list', 1, 'id')).toBe('y');
  expect(members.takeNumber('count')).toBe(3);
  expect(members.takeBoolean('on')).toBe(true);
  expect(members.rest()).toEqual({ list: [{ id: 'x', more: 1 }], empty: {} });
});

it('keeps a member of another type than the one asked for', () => {
  const members = readMembers(payload);
  expect(members.takeText('count')).toBeNull();
  expect(members.takeNumber('id')).toBeNull();
  expect(members.takeBoolean('id')).toBeNull();
  expect(members.takeText('from')).toBeNull();
  expect(members.rest()).toEqual(payload);
});

it('looks without taking', () => {
  const members = readMembers(payload);
  expect(members.peek('from', 'name')).toBe('Ann');
  expect(members.peekText('from', 'name')).toBe('Ann');
  expect(members.peekText('count')).toBeNull();
  expect(members.rest()).toEqual(payload);
});

it('takes a whole subtree and says undefined where there is none', () => {
  const members = readMembers(payload);
  expect(members.take('list')).toEqual(payload.list);
  expect(members.take('missing', 'deeper')).toBeUndefined();
  expect(members.rest()).toEqual({ id: '7', from: payload.from, empty: {}, count: 3, on: true });
});

it('sees own members only and keeps one named __proto__ as a member', () => {
  const members = readMembers(JSON.parse('{"__proto__":{"a":1},"b":2}') as Record<string, never>);
  expect(members.peek('toString')).toBeUndefined();
  expect(members.take('b')).toBe(2);
  expect(JSON.stringify(members.rest())).toBe('{"__proto__":{"a":1}}');
});
