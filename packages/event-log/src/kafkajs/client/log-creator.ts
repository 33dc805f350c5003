import type { logCreator } from 'kafkajs';
import type { LogLogger } from '../../logger.ts';

// An error in an answer, or of a connection, goes to whoever asked, who knows what it means and says so:
// CONCURRENT_TRANSACTIONS is an ordinary answer, and a broker that is away is met again at every attempt.
const ASKED_FOR = /^(Response |Connection error|Connection timeout|Failed to connect)/;

const ERROR_LEVEL = 1;
const WARN_LEVEL = 2;

/** Hands kafkajs's log lines to our logger: expected ones and its chatter as debug, the rest at their level. */
export function createLogCreator(logger: LogLogger): logCreator {
  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, ...fields } = log;
      const entry = { kafkajs: namespace, ...fields };
      if (level > WARN_LEVEL || ASKED_FOR.test(message)) {
        logger.debug(entry, message);
      } else if (level === ERROR_LEVEL) {
        logger.error(entry, message);
      } else {
        logger.warn(entry, message);
      }
    };
}
