import { describe, expect, it } from 'vitest';
import { loadKafka } from '../kafkajs/client/client.ts';
import { LogError } from '../kafkajs/errors/log-error.ts';
import { ResponseError } from '../wire/ask-broker.ts';
import { fatalFailure } from './fatal-failure.ts';

const { KafkaJSConnectionError, KafkaJSNonRetriableError } = loadKafka();
const refused = (code: number) => new ResponseError('Fetch', code);
const unreadable = new LogError('ERR_LOG_UNREADABLE', 'corrupt');
const away = new KafkaJSConnectionError('away');

describe('fatalFailure', () => {
  it.each([refused(3), refused(29), unreadable])('is none before 30 s: %s', (error) => {
    expect(fatalFailure(error, 29_999, ['t'])).toBeUndefined();
  });

  it.each([refused(1), refused(5), refused(6), refused(74), refused(75), away])(
    'is none at any time where the brokers may mend it: %s',
    (error) => {
      expect(fatalFailure(error, 3_600_000, ['t'])).toBeUndefined();
    },
  );

  it('is an unknown topic after 30 s', () => {
    expect(fatalFailure(refused(3), 30_000, ['t'])).toMatchObject({ code: 'ERR_LOG_UNKNOWN_TOPIC' });
  });

  it.each([refused(29), unreadable, new KafkaJSNonRetriableError('wrong password')])('is the error after 30 s: %s', (error) => {
    expect(fatalFailure(error, 30_000, ['t'])).toBe(error);
  });
});
