import { describe, expect, it } from 'vitest';
import { childTrace, readTrace, traceHeaders, traceparent } from './trace-context.ts';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('trace context', () => {
  it('continues the trace of a message with a new step', () => {
    const trace = readTrace({ traceparent: parent, tracestate: 'vendor=1' });
    const step = childTrace(trace);
    expect(step).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentId: 'b7ad6b7169203331', flags: '01' });
    expect(step.spanId).not.toBe('b7ad6b7169203331');
    expect(traceHeaders(step)).toEqual({ traceparent: `00-0af7651916cd43dd8448eb211c80319c-${step.spanId}-01`, tracestate: 'vendor=1' });
  });

  it('starts a new trace without one, never the same twice', () => {
    const ids = new Set(Array.from({ length: 2_000 }, () => childTrace().traceId));
    expect(ids.size).toBe(2_000);
    expect(readTrace({ traceparent: traceparent(childTrace()) })).toBeDefined();
  });

  it.each([
    ['', 'empty'],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', 'a zero trace id'],
    ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', 'a zero span id'],
    ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'version ff'],
    [`${parent}-extra`, 'a longer version 00'],
    [parent.toUpperCase(), 'capitals'],
  ])('ignores %j: %s', (text) => {
    expect(readTrace({ traceparent: text })).toBeUndefined();
  });

  it('reads a later version that appends fields', () => {
    expect(readTrace({ traceparent: `01${parent.slice(2)}-more` })?.spanId).toBe('b7ad6b7169203331');
  });

  it('drops a trace state that is too long or not printable', () => {
    expect(readTrace({ traceparent: parent, tracestate: 'a'.repeat(513) })?.state).toBeUndefined();
    expect(readTrace({ traceparent: parent, tracestate: 'a\nb' })?.state).toBeUndefined();
  });
});
