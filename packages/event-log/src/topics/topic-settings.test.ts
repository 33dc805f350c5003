import { topics } from '@switchboard/contracts';
import { describe, expect, it } from 'vitest';
import { compareSettings, topicSettings } from './topic-settings.ts';

describe('topic settings', () => {
  it.each([
    [1, '1'],
    [2, '1'],
    [3, '2'],
  ])('with %i replicas asks for %s in sync', (replicas, inSync) => {
    expect(topicSettings(topics.pending, replicas)['min.insync.replicas']).toBe(inSync);
  });

  it('keeps raw notifications for ever and compacts app installs', () => {
    expect(topicSettings(topics.raw, 3)).toMatchObject({
      'retention.ms': '-1',
      'cleanup.policy': 'delete',
      'message.timestamp.type': 'CreateTime',
    });
    expect(topicSettings(topics.installs, 3)).toMatchObject({ 'cleanup.policy': 'compact' });
  });

  it('tells apart what may be set right and what makes another topic', () => {
    const wanted = topicSettings(topics.pending, 3);
    const found = new Map(Object.entries({ ...wanted, 'retention.ms': '5', 'cleanup.policy': 'compact' }));
    expect(compareSettings(wanted, found)).toEqual([
      { name: 'cleanup.policy', wanted: 'delete', found: 'compact', altered: false },
      { name: 'retention.ms', wanted: '2592000000', found: '5', altered: true },
    ]);
  });
});
