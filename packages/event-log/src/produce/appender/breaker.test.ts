import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createBreaker } from './breaker.ts';

function setUp() {
  const clock = createManualClock();
  return { clock, breaker: createBreaker({ clock, afterFailures: 3, afterMs: 1_000 }) };
}

async function fail({ clock, breaker }: ReturnType<typeof setUp>): Promise<void> {
  breaker.failed();
  await clock.advance(600);
  breaker.failed();
  await clock.advance(600);
  breaker.failed();
}

describe('createBreaker', () => {
  it('admits records until failures have gone on for a while', async () => {
    const { clock, breaker } = setUp();
    breaker.failed();
    breaker.failed();
    breaker.failed();
    expect(breaker.admit()).toBe('yes');
    await clock.advance(1_000);
    breaker.failed();
    expect(breaker.admit()).toBe('no');
    expect(breaker.open()).toBe(true);
  });

  it('stays closed when something succeeds in between', async () => {
    const { clock, breaker } = setUp();
    breaker.failed();
    await clock.advance(2_000);
    breaker.succeeded();
    breaker.failed();
    breaker.failed();
    breaker.failed();
    expect(breaker.admit()).toBe('yes');
  });

  it('lets one probe through when the cluster is reachable again', async () => {
    const parts = setUp();
    await fail(parts);
    parts.breaker.reachable();
    expect(parts.breaker.open()).toBe(false);
    expect(parts.breaker.admit()).toBe('probe');
    expect(parts.breaker.admit()).toBe('no');
  });

  it('closes when the probe succeeds', async () => {
    const parts = setUp();
    await fail(parts);
    parts.breaker.reachable();
    parts.breaker.admit();
    parts.breaker.succeeded();
    expect(parts.breaker.admit()).toBe('yes');
  });

  it('opens again when the probe fails, and not when older batches go on failing', async () => {
    const parts = setUp();
    await fail(parts);
    parts.breaker.reachable();
    parts.breaker.admit();
    parts.breaker.failed();
    expect(parts.breaker.open()).toBe(false);
    parts.breaker.probeFailed();
    expect(parts.breaker.open()).toBe(true);
  });
});
