import { describe, expect, it } from 'vitest';
import { createLoopAlarm } from './loop-alarm.ts';

describe('createLoopAlarm', () => {
  it('rings once, at the fourth distinct message of a call', () => {
    const alarm = createLoopAlarm();
    const rings = ['1', '1', '2', '3', '3', '4', '4', '5'].map((message) => alarm.sees('call', message));
    expect(rings).toEqual([false, false, false, false, false, true, false, false]);
  });

  it('counts calls apart', () => {
    const alarm = createLoopAlarm();
    expect(['a', 'b', 'c', 'd', 'e'].some((call) => alarm.sees(call, call))).toBe(false);
  });

  it('forgets the call seen longest ago', () => {
    const alarm = createLoopAlarm(2);
    for (const message of ['1', '2', '3']) alarm.sees('old', message);
    alarm.sees('new', '1');
    alarm.sees('newer', '1');
    expect(alarm.sees('old', '4')).toBe(false);
  });
});
