import type { AppliedTopic, SettingDifference } from '@switchboard/event-log';
import { expect, it } from 'vitest';
import { describeTopic } from './apply.ts';

const difference = (action: SettingDifference['action']): SettingDifference => ({
  name: 'retention.ms',
  wanted: '30',
  found: '7',
  action,
});

it.each<[AppliedTopic['outcome'], SettingDifference[], boolean, string]>([
  ['created', [], false, 'topic a: created'],
  ['created', [], true, 'topic a: would be created'],
  ['unchanged', [], true, 'topic a: unchanged'],
  ['altered', [difference('set')], false, 'topic a: altered; retention.ms set to 30, was 7'],
  ['altered', [difference('set')], true, 'topic a: would be altered; retention.ms would be set to 30, was 7'],
  [
    'different',
    [difference('kept')],
    false,
    'topic a: different; retention.ms is 7, set by an operator and kept; declared is 30, --enforce sets it',
  ],
  ['different', [difference('never-changed')], true, 'topic a: different; retention.ms is 7, declared is 30; it is never changed'],
  [
    'created',
    [{ ...difference('not-offered'), found: undefined }],
    false,
    'topic a: created; retention.ms=30 left out: the cluster does not offer it',
  ],
  ['different', [difference('not-offered')], false, 'topic a: different; retention.ms=30 left out: the cluster does not offer it, it is 7'],
])('a topic that is %s with %j, dry run %j: %s', (outcome, differences, dryRun, line) => {
  expect(describeTopic({ topic: 'a', outcome, differences }, dryRun)).toBe(line);
});
