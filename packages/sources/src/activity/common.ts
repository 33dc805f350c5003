import type { RawNotification } from '@switchboard/contracts';
import type { Members } from '../members.ts';
import { readTimestamp } from './timestamp.ts';

/** An activity on its way into an event: its members are taken one by one, what is left becomes the extensions. */
export interface ActivityReading {
  readonly activity: Members;
  /** Type as the sender wrote it. */
  readonly type: string;
  readonly raw: RawNotification;
}

/** Fields that every event of an activity has, apart from the extensions. */
export function takeCommonFields({ activity, raw }: ActivityReading) {
  return {
    occurredAt: takeTime(activity) ?? raw.receivedAt,
    tenantId: takeTenant(activity) ?? raw.principal.tenantId,
    conversationId: activity.takeText('conversation', 'id'),
    sequence: null,
  };
}

/** Fields that every messaging event of an activity has. */
export function takeMessageFields(reading: ActivityReading) {
  const { activity } = reading;
  const messageId = activity.takeText('id');
  return {
    ...takeCommonFields(reading),
    messageId,
    originatorId: activity.takeText('from', 'id'),
    originatorName: activity.takeText('from', 'name'),
    originatorRole: activity.takeText('from', 'role'),
    channelId: activity.takeText('channelId'),
    serviceUrl: activity.takeText('serviceUrl'),
    replyToId: activity.takeText('replyToId') ?? threadRoot(activity, messageId),
  };
}

// A time that milliseconds cannot hold (finer fractions, an offset) also stays in the extensions.
function takeTime(activity: Members): number | null {
  const timestamp = readTimestamp(activity.peekText('timestamp') ?? '');
  if (timestamp?.exact === true) activity.takeText('timestamp');
  return timestamp?.time ?? null;
}

function takeTenant(activity: Members): string | null {
  return (
    activity.takeText('channelData', 'tenant', 'id') ??
    activity.takeText('conversation', 'tenantId') ??
    activity.peekText('from', 'tenantId')
  );
}

// Teams names the root message of a channel thread in the conversation id: `19:…@thread.tacv2;messageid=1485983194839`.
function threadRoot(activity: Members, messageId: string | null): string | null {
  const root = /;messageid=([^;]+)/.exec(activity.peekText('conversation', 'id') ?? '')?.[1];
  return root === undefined || root === messageId ? null : root;
}
