import { describe, expect, it } from 'vitest';
import { createLimitedLog } from './limited-log.ts';

function rig(options: { readonly maxKeys?: number } = {}) {
  const fields: object[] = [];
  const clock = { now: 0 };
  const logger = { warn: (line: object) => void fields.push(line) };
  const log = createLimitedLog({ logger, monotonic: () => clock.now, linesPerWindow: 2, windowMs: 1_000, ...options });
  return { log, fields, clock };
}

describe('createLimitedLog', () => {
  it('asks for the fields of 2 lines where 100 are wanted', () => {
    const { log, fields } = rig();
    let asked = 0;
    for (let count = 0; count < 100; count += 1) log.warn('ERR_A', () => ({ asked: ++asked }), 'm');
    expect([asked, fields]).toEqual([
      2,
      [
        { code: 'ERR_A', asked: 1 },
        { code: 'ERR_A', asked: 2 },
      ],
    ]);
  });

  it('logs the first 2 lines of each code in a window, then how many it left out', () => {
    const { log, fields, clock } = rig();
    for (let count = 0; count < 5; count += 1) log.warn('ERR_A', () => ({}), 'm');
    log.warn('ERR_B', () => ({}), 'm');
    clock.now = 1_000;
    log.warn('ERR_A', () => ({}), 'm');
    log.warn('ERR_A', () => ({}), 'm');
    expect(fields).toEqual([{ code: 'ERR_A' }, { code: 'ERR_A' }, { code: 'ERR_B' }, { code: 'ERR_A', suppressed: 3 }, { code: 'ERR_A' }]);
  });

  it('logs the lines of one app during a flood in another', () => {
    const { log, fields } = rig();
    for (let count = 0; count < 100; count += 1) log.warn('ERR_A', () => ({ app: 'flooded' }), 'm', 'flooded');
    log.warn('ERR_A', () => ({ app: 'quiet' }), 'm', 'quiet');
    expect(fields).toEqual([
      { code: 'ERR_A', app: 'flooded' },
      { code: 'ERR_A', app: 'flooded' },
      { code: 'ERR_A', app: 'quiet' },
    ]);
  });

  it('gives 1,000 keys a window each and logs 2 lines of a code for 10,000 further ones', () => {
    const { log, fields } = rig({ maxKeys: 1_000 });
    for (let key = 0; key < 11_000; key += 1) log.warn('ERR_A', () => ({ key }), 'm', String(key));
    expect(fields).toHaveLength(1_002);
    log.warn('ERR_B', () => ({}), 'm', 'another');
    expect(fields.at(-1)).toEqual({ code: 'ERR_B' });
  });

  it('gives new keys the windows of keys whose window ended', () => {
    const { log, fields, clock } = rig({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c', 'c', 'c']) log.warn('ERR_A', () => ({ key }), 'm', key);
    expect(fields).toHaveLength(4);
    clock.now = 1_000;
    for (const key of ['d', 'd', 'd', 'e']) log.warn('ERR_A', () => ({ key }), 'm', key);
    expect(fields.slice(4)).toEqual([
      { code: 'ERR_A', key: 'd' },
      { code: 'ERR_A', key: 'd' },
      { code: 'ERR_A', key: 'e' },
    ]);
  });
});
