import { type JsonObject, listAt, textAt } from '@switchboard/source-kit';
import { firstAtTag } from '../activity/at-tag.ts';
import type { OutgoingWebhookEntry } from './entry.ts';

/** Whether a message comes from the team, the tenant and the webhook that the entry names; what it does not name is not compared. */
export function comesFrom(activity: JsonObject, { team, tenant, name }: Pick<OutgoingWebhookEntry, 'team' | 'tenant' | 'name'>): boolean {
  return (
    (team === undefined || teamsOf(activity).includes(team)) &&
    (tenant === undefined || tenantOf(activity)?.toLowerCase() === tenant.toLowerCase()) &&
    (name === undefined || webhookNamesOf(activity).includes(name))
  );
}

// Older deliveries name the team in a member of its own, which newer ones still repeat.
function teamsOf(activity: JsonObject): readonly (string | undefined)[] {
  return [textAt(activity, 'channelData', 'team', 'id') ?? textAt(activity, 'channelData', 'teamsTeamId')];
}

function tenantOf(activity: JsonObject): string | undefined {
  return textAt(activity, 'channelData', 'tenant', 'id') ?? textAt(activity, 'conversation', 'tenantId');
}

// A message reaches a webhook by mentioning it; the recipient is the text "null". A renamed webhook is mentioned by its
// former name in either the entity or the tag.
function webhookNamesOf(activity: JsonObject): readonly (string | undefined)[] {
  const mention = listAt(activity, 'entities').find((entity) => textAt(entity, 'type') === 'mention');
  const tag = firstAtTag(textAt(activity, 'text') ?? '');
  return [textAt(mention, 'mentioned', 'name'), tag?.name];
}
