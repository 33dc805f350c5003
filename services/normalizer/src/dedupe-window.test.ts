import { describe, expect, it } from 'vitest';
import { createDedupeWindow, WINDOW_MS, WINDOW_RECORDS } from './dedupe-window.ts';

const at = (offset: number | bigint, receivedAt = 0) => ({ offset: BigInt(offset), receivedAt, notificationId: `n${offset}` });

describe('dedupe window', () => {
  it('gives the last occurrence of a key', () => {
    const window = createDedupeWindow();
    expect(window.occur('a', at(1))).toBeUndefined();
    expect(window.occur('a', at(2))?.notificationId).toBe('n1');
    expect(window.occur('a', at(3))?.notificationId).toBe('n2');
    expect(window.occur('b', at(4))).toBeUndefined();
  });

  it('forgets a key after the span of records', () => {
    const window = createDedupeWindow();
    window.occur('a', at(0));
    window.occur('b', at(0));
    expect(window.occur('a', at(WINDOW_RECORDS))?.notificationId).toBe('n0');
    expect(window.occur('b', at(WINDOW_RECORDS + 1n))).toBeUndefined();
  });

  it('forgets a key after the span of time, and remembers it anew', () => {
    const window = createDedupeWindow();
    window.occur('a', at(0, 0));
    expect(window.occur('a', at(1, WINDOW_MS))?.notificationId).toBe('n0');
    expect(window.occur('a', at(2, 2 * WINDOW_MS + 1))).toBeUndefined();
    expect(window.occur('a', at(3, 2 * WINDOW_MS + 2))?.notificationId).toBe('n2');
  });

  it('holds no more keys than the span of records', () => {
    const window = createDedupeWindow();
    for (let offset = 0; offset < 45_000; offset += 1) window.occur(`k${offset}`, at(offset));
    expect(window.size).toBeLessThanOrEqual(Number(WINDOW_RECORDS) + 1);
  });
});
