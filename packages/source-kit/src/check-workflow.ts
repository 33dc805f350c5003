import { isJsonList, isJsonObject, type Json, type JsonObject, textAt } from './body/json.ts';

const ACTIONS = new Set(['answer', 'hangup', 'playPrompt', 'record', 'recognize', 'reject', 'answerAppHostedMedia', 'videoSubscription']);
const maxAppStateLength = 1024;

/**
 * Whether an object has the shape of a workflow, which is how a call of the legacy protocol is told its next step: where
 * its callbacks go and at least one action with an id. What an action holds beside those is the platform's to judge.
 */
export function isWorkflow(value: JsonObject): boolean {
  const { actions, appState, notificationSubscriptions } = value;
  const notification = isJsonObject(value.links) ? value.links.notification : undefined;
  return (
    isHttps(textAt(value, 'links', 'callback')) &&
    (notification === undefined || isHttps(notification)) &&
    isJsonList(actions) &&
    actions.length > 0 &&
    actions.every(isAction) &&
    (appState === undefined || (typeof appState === 'string' && appState.length <= maxAppStateLength)) &&
    (notificationSubscriptions === undefined || isJsonList(notificationSubscriptions))
  );
}

function isAction(action: Json): boolean {
  return (textAt(action, 'operationId') ?? '') !== '' && ACTIONS.has(textAt(action, 'action') ?? '');
}

function isHttps(address: Json | undefined): boolean {
  return typeof address === 'string' && URL.parse(address)?.protocol === 'https:';
}
