import { describe, expect, it } from 'vitest';
import { fixturesIn, readable, runFixture, throughCodec } from '../calling/test-support.ts';
import { legacyCalling } from './index.ts';

describe('a Legacy calling notification', () => {
  const fixtures = fixturesIn(new URL('./fixtures/', import.meta.url));

  it.each(fixtures)('$name: $shows', (fixture) => {
    const { recognized, classified, raw, outcome } = runFixture(legacyCalling, fixture);
    const { disposition, routingKey, answer } = classified;

    expect(recognized).toBe(true);
    expect({ disposition, routingKey, status: answer.status }).toEqual(fixture.classified);
    expect(readable(outcome)).toEqual(fixture.outcome);
    if (outcome.kind === 'events') expect(throughCodec(raw, outcome.events)).toHaveLength(outcome.events.length);
  });

  it.each(fixtures)('$name: shows no secret', (fixture) => {
    expect(JSON.stringify(runFixture(legacyCalling, fixture).outcome)).not.toContain('secret');
  });
});
