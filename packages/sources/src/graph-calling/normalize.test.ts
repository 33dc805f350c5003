import { describe, expect, it } from 'vitest';
import { type Fixture, fixturesIn, readable, requestOf, runFixture, throughCodec } from '../calling/test-support.ts';
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

describe('a Graph calling notification that makes no event', () => {
  const rawWith = (body: unknown) => ({ ...runFixture(graphCalling, firstFixture).raw, body: requestOf(body).body });
  const [firstFixture] = fixturesIn(new URL('./fixtures/', import.meta.url)) as [Fixture];

  it.each([
    ['has the other form', { id: '1', participants: [], callState: 'incoming' }, 'ERR_NORMALIZE_SHAPE'],
    ['has no form', {}, 'ERR_NORMALIZE_SHAPE'],
    ['is no JSON', '{', 'ERR_BODY_SYNTAX'],
    ['is nested too deep', `{"value":${'['.repeat(99)}${']'.repeat(99)}}`, 'ERR_BODY_DEPTH'],
    ['names no resource', { value: [{ changeType: 'updated', resourceData: {} }] }, 'ERR_NORMALIZE_SHAPE'],
    ['has no data', { value: [{ changeType: 'updated', resource: '/app/calls/1' }] }, 'ERR_NORMALIZE_SHAPE'],
    [
      'has data of another type',
      { value: [{ changeType: 'updated', resource: '/app/calls/1', resourceData: ['x'] }] },
      'ERR_NORMALIZE_SHAPE',
    ],
    [
      'packs participants of no call',
      { value: [{ changeType: 'updated', resource: '/participants', resourceData: [{ '@odata.type': 'participant' }] }] },
      'ERR_NORMALIZE_SHAPE',
    ],
  ])('is rejected when it %s', (_, body, code) => {
    expect(graphCalling.normalize(rawWith(body))).toMatchObject({ kind: 'rejected', code });
  });

  it('is empty when it announces nothing', () => {
    const empty = { kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' };
    expect(graphCalling.normalize(rawWith({ value: [] }))).toEqual(empty);
    expect(graphCalling.normalize(rawWith({ value: [{ changeType: 'updated', resource: '/app/calls/1', resourceData: [] }] }))).toEqual(
      empty,
    );
  });

  it('is rejected when what surrounds its packed entities would be repeated beyond the size of any output', () => {
    const element = { changeType: 'updated', resource: '/app/calls/1', resourceData: Array(200).fill({}), note: 'x'.repeat(20_000) };
    expect(graphCalling.normalize(rawWith({ value: [element] }))).toEqual({ kind: 'rejected', code: 'ERR_NORMALIZE_TOO_LARGE' });
  });

  it('is an empty roster when the last participant has left', () => {
    const body = { value: [{ changeType: 'updated', resource: '/app/calls/1/participants', resourceData: [] }] };
    expect(graphCalling.normalize(rawWith(body))).toMatchObject({ events: [{ record: { snapshot: true, participants: [] } }] });
  });
});
