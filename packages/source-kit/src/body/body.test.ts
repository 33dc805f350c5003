import { describe, expect, it } from 'vitest';
import { digest } from './digest.ts';
import { type JsonObject, listAt, textAt, valueAt } from './json.ts';
import { redact } from './redact.ts';
import { extensionsText, remainder } from './remainder.ts';
import { timeOf } from './time.ts';

const parse = (text: string) => JSON.parse(text) as JsonObject;

describe('reading a value inside a body', () => {
  const body = parse('{"text":"x","empty":"","number":1,"none":null,"list":[{"id":1}],"__proto__":{"a":1}}');

  it('gives it when it has the type that is asked for', () => {
    expect([textAt(body, 'text'), textAt(body, 'empty'), listAt(body, 'list')]).toEqual(['x', '', [{ id: 1 }]]);
    expect([valueAt(body, 'list', 0, 'id'), valueAt(body, 'none'), valueAt(body)]).toEqual([1, null, body]);
  });

  it('gives nothing for another type or a path that leads nowhere', () => {
    expect([textAt(body, 'number'), textAt(body, 'none'), listAt(body, 'text')]).toEqual([undefined, undefined, []]);
    expect([
      valueAt(body, 'list', 1),
      valueAt(body, 'list', 'length'),
      valueAt(body, 0),
      valueAt(body, 'text', 0),
      valueAt(undefined, 'a'),
    ]).toEqual(Array.from({ length: 5 }));
  });

  it('sees own members only', () => {
    expect([valueAt(body, 'constructor'), valueAt(body, 'toString'), valueAt({}, '__proto__')]).toEqual([undefined, undefined, undefined]);
    expect(valueAt(body, '__proto__', 'a')).toBe(1);
  });
});

describe('a time', () => {
  it.each([
    ['2017-02-01T21:10:07.437Z', 1_485_983_407_437],
    ['2017-02-01T14:10:07.437-07:00', 1_485_983_407_437],
    ['2017-02-01T14:10:07.437-0700', 1_485_983_407_437],
    ['2016-11-20T18:23:45.9356913Z', Date.UTC(2016, 10, 20, 18, 23, 45, 935)],
    ['2016-11-20T18:23:45.9Z', Date.UTC(2016, 10, 20, 18, 23, 45, 900)],
    ['2016-11-20T18:23:45Z', Date.UTC(2016, 10, 20, 18, 23, 45)],
    ['2016-11-20T18:23:45', Date.UTC(2016, 10, 20, 18, 23, 45)],
    ['2016-11-20t18:23:45z', Date.UTC(2016, 10, 20, 18, 23, 45)],
    ['/Date(1489524122496)/', 1_489_524_122_496],
    ['/Date(1489524122496+0100)/', 1_489_524_122_496],
    ['/Date(-1)/', -1],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
  ])('%s is read', (text, expected) => {
    expect(timeOf(text)).toBe(expected);
  });

  it.each([
    [''],
    ['now'],
    ['2016-11-20'],
    ['2016-13-20T18:23:45Z'],
    ['2016-11-20 18:23:45Z'],
    ['/Date(9999999999999999)/'],
    ['/Date(x)/'],
    ['1489524122496'],
    [undefined],
  ])('%s is not one', (text) => {
    expect(timeOf(text)).toBeUndefined();
  });
});

describe('redaction', () => {
  it('hides members by name anywhere and by path, in a copy', () => {
    const body = parse(
      '{"RecordingAccessToken":"s","meetingInfo":{"token":"s","id":1},"token":"shown","items":[{"blob":{"x":"s"}},{"blob":null}]}',
    );
    expect(
      redact(body, {
        names: ['recordingAccessToken'],
        paths: [
          ['meetingInfo', 'token'],
          ['items', '*', 'blob'],
        ],
      }),
    ).toEqual({
      RecordingAccessToken: '[redacted]',
      meetingInfo: { token: '[redacted]', id: 1 },
      token: 'shown',
      items: [{ blob: '[redacted]' }, { blob: null }],
    });
  });

  it('hides a secret member with any value', () => {
    expect(redact(parse('{"token":{"a":["s"]},"b":[{"token":0}]}'), { names: ['token'] })).toEqual({
      token: '[redacted]',
      b: [{ token: '[redacted]' }],
    });
  });
});

describe('the remainder', () => {
  it('is what no field holds', () => {
    const body = parse('{"a":1,"b":{"c":2,"d":{"e":3}},"list":[{"x":1,"y":2},{"x":3}],"sent":{},"none":[]}');
    expect(remainder(body, [['a'], ['b', 'd'], ['list', '*', 'x'], ['nowhere', 'at', 'all']])).toEqual({
      b: { c: 2 },
      list: [{ y: 2 }],
      sent: {},
      none: [],
    });
    expect(
      remainder(body, [
        ['b', 'c'],
        ['b', 'd', 'e'],
        ['list', 0],
        ['list', 1],
      ]),
    ).toEqual({ a: 1, sent: {}, none: [] });
    expect(extensionsText(remainder(body, [['*']]))).toBe('{}');
    expect(remainder(body, [])).toEqual(body);
  });

  it('keeps a member named __proto__ a member', () => {
    expect(extensionsText(remainder(parse('{"__proto__":{"a":1,"b":2}}'), [['__proto__', 'a']]))).toBe('{"__proto__":{"b":2}}');
  });
});

describe('a digest', () => {
  it('is SHA-256 in base64url of the bytes', () => {
    expect(digest(Buffer.from('abc'))).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });
});
