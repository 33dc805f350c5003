import { randomBytes } from 'node:crypto';
import { describe, it } from 'vitest';

/** Brokers of the run, from KAFKA_BROKERS (comma-separated host:port); undefined when none is given. */
const brokers: string[] | undefined = process.env.KAFKA_BROKERS?.split(',')
  .map((broker) => broker.trim())
  .filter((broker) => broker !== '');

const brokerRequired = process.env.REQUIRE_BROKER === '1';

/** A `describe` that needs a broker: without KAFKA_BROKERS it is one counted skip, or one failure under REQUIRE_BROKER=1. */
export function describeWithBroker(name: string, define: (brokers: string[]) => void): void {
  const given = brokers;
  if (given !== undefined && given.length > 0) {
    describe(name, () => define(given));
    return;
  }
  describe(name, () => {
    it.skipIf(!brokerRequired)('needs a Kafka broker in KAFKA_BROKERS', () => {
      throw new Error('KAFKA_BROKERS is not set and REQUIRE_BROKER=1 forbids the skip');
    });
  });
}

/** A name that no other test, file or run uses; also good for groups and transactional ids. */
export function uniqueTopic(prefix: string): string {
  return `test.${prefix}.${randomBytes(6).toString('hex')}`;
}
