import { describe, expect, it } from 'vitest';
import type { LogLogger } from '../../logger.ts';
import { createLogCreator } from './log-creator.ts';

const ERROR = 1;
const WARN = 2;
const INFO = 4;

function levelOf(level: number, message: string): string | undefined {
  let seen: string | undefined;
  const logger: LogLogger = {
    debug: () => {
      seen = 'debug';
    },
    info: () => {
      seen = 'info';
    },
    warn: () => {
      seen = 'warn';
    },
    error: () => {
      seen = 'error';
    },
  };
  createLogCreator(logger)(INFO)({ namespace: 'Connection', level, label: '', log: { timestamp: '', logger: '', message } });
  return seen;
}

describe('createLogCreator', () => {
  it.each([
    [ERROR, 'Response AddPartitionsToTxn(key: 24, version: 1)', 'debug'],
    [ERROR, 'Response Heartbeat(key: 12, version: 3)', 'debug'],
    [ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:1', 'debug'],
    [INFO, 'Found group coordinator', 'debug'],
    [WARN, 'Something to look at', 'warn'],
    [ERROR, 'Crash: KafkaJSError: no', 'error'],
  ])('logs level %i of "%s" as %s', (level, message, as) => {
    expect(levelOf(level, message)).toBe(as);
  });
});
