import { describe, expect, it } from 'vitest';
import type { ReceivedDelivery } from '../receiver/delivery.ts';
import { arrivals, describeArrival } from './arrivals.ts';

const event = (source: string, type: string, eventId: string) => ({ source, type, eventId, receivedAt: 1_000 });
const delivery = (eventId: string, receivedAt: number, signature: ReceivedDelivery['signature'] = 'valid'): ReceivedDelivery => ({
  number: 1,
  method: 'POST',
  path: '/hook',
  query: '',
  headers: { 'ce-id': eventId },
  body: Buffer.alloc(0),
  receivedAt,
  signature,
});
const lines = (...args: Parameters<typeof arrivals>) => arrivals(...args).map(describeArrival);

describe('the arrivals of a demonstration', () => {
  it('are one per source, with the time from the ingress to the receiver', () => {
    const events = [event('ucwa', 'ms.Content', 'a'), event('ucwa', 'cqm.Change', 'b'), event('bot-framework', 'ms.Content', 'c')];
    const deliveries = [delivery('c', 1_030), delivery('b', 1_020), delivery('a', 1_010)];
    expect(lines(['ucwa', 'bot-framework'], events, deliveries)).toEqual([
      'delivered ucwa ms.Content 10 ms',
      'delivered bot-framework ms.Content 30 ms',
    ]);
  });

  it('are the same whatever the order in which events are seen', () => {
    const events = [event('ucwa', 'cqm.Change', 'b'), event('ucwa', 'ms.Content', 'a')];
    const deliveries = [delivery('a', 1_010), delivery('b', 1_020)];
    expect(lines(['ucwa'], events, deliveries)).toEqual(lines(['ucwa'], events.toReversed(), deliveries));
  });

  it('say why a source has none', () => {
    const events = [event('ucwa', 'ms.Content', 'a'), event('ucwa', 'cqm.Change', 'b'), event('bot-framework', 'ms.Content', 'c')];
    const deliveries = [delivery('a', 1_010), delivery('c', 1_020, 'invalid')];
    expect(lines(['ucwa', 'bot-framework', 'outgoing-webhook'], events, deliveries)).toEqual([
      'not delivered ucwa: cqm.Change did not reach the receiver',
      'not delivered bot-framework: ms.Content came with a signature that is invalid',
      'not delivered outgoing-webhook: its notification became no event',
    ]);
  });
});
