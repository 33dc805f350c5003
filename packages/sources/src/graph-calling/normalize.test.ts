import { describe, expect, it } from 'vitest';
import { fixturesIn, readable, runFixture, throughCodec } from '../calling/test-support.ts';
import { graphCalling } from './index.ts';

describe('a Graph calling notification', () => {
  const fixtures = fixturesIn(new URL('./fixtures/', import.meta.url));

  it.each(fixtures)('$name: $shows', (fixture) => {
    const { recognized, classified, raw, outcome } = runFixture(graphCalling, fixture);
    const { disposition, routingKey, answer } = classified;

    expect(recognized).toBe(true);
    expect({ disposition, routingKey, status: answer.status }).toEqual(fixture.classified);
    expect(readable(outcome)).toEqual(fixture.outcome);
    if (outcome.kind === 'events') expect(throughCodec(raw, outcome.events)).toHaveLength(outcome.events.length);
  });

  it.each(fixtures)('$name: shows no secret', (fixture) => {
    expect(JSON.stringify(runFixture(graphCalling, fixture).outcome)).not.toContain('secret');
  });
});
