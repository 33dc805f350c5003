import { type Logger, silentLogger } from '@switchboard/runtime';
import { describe, expect, it } from 'vitest';
import { createLimitedLog } from './limited-log.ts';

describe('createLimitedLog', () => {
  it('logs the first lines of each code in a window, and then how many it left out', () => {
    const fields: object[] = [];
    const logger: Logger = { ...silentLogger, warn: (line) => void fields.push(line) };
    let now = 0;
    const log = createLimitedLog({ logger, monotonic: () => now, linesPerWindow: 2, windowMs: 1_000 });
    for (let count = 0; count < 5; count += 1) log.warn('ERR_A', {}, 'm');
    log.warn('ERR_B', {}, 'm');
    now = 1_000;
    log.warn('ERR_A', {}, 'm');
    expect(fields).toEqual([{ code: 'ERR_A' }, { code: 'ERR_A' }, { code: 'ERR_B' }, { code: 'ERR_A', suppressed: 3 }]);
  });
});
