import { topics } from '@switchboard/contracts';
import { describe, expect, it } from 'vitest';
import { appliedSettings, decideSettings, type SettingAction, topicSettings, unrecordedSettings } from './topic-settings.ts';

describe('topic settings', () => {
  it.each([
    [1, '1'],
    [2, '1'],
    [3, '2'],
  ])('with %i replicas ask for %s in sync', (replicas, inSync) => {
    expect(topicSettings(topics.pending, replicas)['min.insync.replicas']).toBe(inSync);
  });

  it('keep raw notifications without expiry and compact app installs', () => {
    expect(topicSettings(topics.raw, 3)).toMatchObject({
      'retention.ms': '-1',
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'CreateTime',
    });
    expect(topicSettings(topics.installs, 3)).toMatchObject({ 'cleanup.policy': 'compact' });
  });

  it('count as set with the default retention where no release recorded them', () => {
    const topic = { ...topics.raw, retentionMs: 5, defaultRetentionMs: -1 };
    expect([topicSettings(topic, 1), unrecordedSettings(topic, 1)]).toMatchObject([{ 'retention.ms': '5' }, { 'retention.ms': '-1' }]);
  });
});

interface Case {
  readonly found?: string;
  readonly setOnTopic?: boolean;
  readonly lastApplied?: string;
  readonly enforce?: boolean;
  readonly action: SettingAction | 'as declared';
}

describe('a retention of 60 that is declared', () => {
  it.each<[string, Case]>([
    ['is found', { found: '60', action: 'as declared' }],
    ['is found as a default of the cluster', { found: '60', setOnTopic: false, action: 'as declared' }],
    ['is another one that was set last', { found: '90', lastApplied: '90', action: 'set' }],
    ['is another one than was set last', { found: '45', lastApplied: '90', action: 'kept' }],
    ['is another one, and what was set last is not known', { found: '45', action: 'kept' }],
    ['is another one than was set last, and is to be enforced', { found: '45', lastApplied: '90', enforce: true, action: 'set' }],
    ['is a default of the cluster, although another one was set last', { found: '7', setOnTopic: false, lastApplied: '90', action: 'set' }],
    ['does not exist in the cluster', { lastApplied: '90', action: 'not-offered' }],
    ['does not exist in the cluster, and is to be enforced', { enforce: true, action: 'not-offered' }],
  ])('%s', (_name, { found, setOnTopic = true, lastApplied, enforce = false, action }) => {
    const decided = decideSettings({
      wanted: { 'retention.ms': '60' },
      current: new Map(found === undefined ? [] : [['retention.ms', { value: found, setOnTopic }]]),
      lastApplied: lastApplied === undefined ? {} : { 'retention.ms': lastApplied },
      enforce,
    });
    const expected = action === 'as declared' ? [] : [{ name: 'retention.ms', wanted: '60', found, action }];
    expect(decided).toEqual(expected);
  });
});

it.each(['cleanup.policy', 'message.timestamp.type'])('%s is never changed, not even when it is enforced', (name) => {
  const [difference] = decideSettings({
    wanted: { [name]: 'a' },
    current: new Map([[name, { value: 'b', setOnTopic: true }]]),
    lastApplied: { [name]: 'b' },
    enforce: true,
  });
  expect(difference?.action).toBe('never-changed');
});

it('records what is as declared and keeps the record of what is not', () => {
  const wanted = { 'retention.ms': '60', 'max.message.bytes': '4', 'min.insync.replicas': '2', 'cleanup.policy': 'delete' };
  const difference = (name: string, action: SettingAction) => ({ name, wanted: '', found: '', action });
  const differences = [
    difference('retention.ms', 'kept'),
    difference('max.message.bytes', 'set'),
    difference('min.insync.replicas', 'not-offered'),
  ];
  expect(appliedSettings(wanted, differences, { 'retention.ms': '90' })).toEqual({
    'retention.ms': '90',
    'max.message.bytes': '4',
    'cleanup.policy': 'delete',
  });
});
