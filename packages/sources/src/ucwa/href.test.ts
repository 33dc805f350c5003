import { describe, expect, it } from 'vitest';
import { bareRel, lastSegment, readHref, readQuery, segmentAfter } from './href.ts';

describe('an href', () => {
  it.each([
    '/platformservice/tgt-8c81/v1/applications/77/communication/conversations/c1/participants/ann%40contoso.example?endpointId=sip:desk@contoso.example',
    'https://fe1.contoso.example:443/platformservice/v1/applications/77/communication/conversations/c1/participants/ann@contoso.example',
    '/platformservice/TGT-9/v1/applications/77/communication/conversations/c1/participants/ann@contoso.example#part',
  ])('names its resource with any origin, query and tgt segment: %s', (href) => {
    const address = readHref(href);
    expect(address.segments.join('/')).toBe(
      'platformservice/v1/applications/77/communication/conversations/c1/participants/ann@contoso.example',
    );
    expect(segmentAfter(address, 'conversations')).toBe('c1');
    expect(segmentAfter(address, 'participants')).toBe('ann@contoso.example');
  });

  it('keeps an encoded slash inside its segment', () => {
    expect(segmentAfter(readHref('/conversations/a%2Fb/messages/1'), 'conversations')).toBe('a/b');
  });

  it('reads an ampersand that was escaped twice', () => {
    expect({ ...readHref('/events?ack=2\\u0026key=77%7Ea%7Ec1').query }).toEqual({ ack: '2', key: '77~a~c1' });
  });

  it('keeps a malformed escape as received', () => {
    expect(lastSegment(readHref('/messages/100%'))).toBe('100%');
  });

  it.each(['', '?', '#', 'http://', ':::', 'not an address'])('of no use (%j) leads nowhere and throws nothing', (href) => {
    expect(segmentAfter(readHref(href), 'conversations')).toBeUndefined();
  });

  it('ends where the collection ends', () => {
    expect(segmentAfter(readHref('/communication/conversations'), 'conversations')).toBeUndefined();
  });
});

describe('a query', () => {
  it('is split first and decoded once, raw braces and quotes included', () => {
    expect({ ...readQuery('a=1&callbackContext={"JobId":"j-1"%2c"InstanceId":"x%252F"}&b') }).toEqual({
      a: '1',
      callbackContext: '{"JobId":"j-1","InstanceId":"x%2F"}',
      b: '',
    });
  });

  it('keeps plus signs, equals signs and the first of a repeated name', () => {
    expect({ ...readQuery('c=a+b==&c=other') }).toEqual({ c: 'a+b==' });
  });

  it('holds nothing it was not given', () => {
    expect(readQuery('').toString).toBeUndefined();
  });
});

it.each([
  ['ms:rtc:saas:message', 'message'],
  ['service:message', 'message'],
  ['message', 'message'],
  ['', ''],
])('the relation %j is %j without its namespace', (rel, bare) => {
  expect(bareRel(rel)).toBe(bare);
});
