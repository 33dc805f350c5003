import { isJsonList, isJsonObject, type JsonObject, textAt } from '@switchboard/source-kit';
import type { LegacyForm } from '../calling/protocol-form.ts';

export const callStates = [
  'unknown',
  'idle',
  'incoming',
  'establishing',
  'established',
  'hold',
  'unhold',
  'transferring',
  'redirecting',
  'terminating',
  'terminated',
] as const;

/** What is wrong inside a body that has a legacy form: the member and its rule; undefined when nothing is. */
export function problemOf({ root }: LegacyForm): string | undefined {
  const { participants } = root;
  if (participants === undefined) return undefined;
  if (!isJsonList(participants)) return 'participants must be a list';
  const wrong = participants.findIndex((participant) => !isJsonObject(participant));
  return wrong === -1 ? undefined : `participants[${wrong}] must be an object`;
}

/** Participants of a body without problems. */
export function participantsOf(root: JsonObject): readonly JsonObject[] {
  return isJsonList(root.participants) ? root.participants.filter(isJsonObject) : [];
}

/** Name of the member that holds the call state: conversations and results have one, state changes the other. */
export function stateMemberOf(root: JsonObject): 'callState' | 'currentState' {
  return textAt(root, 'currentState') === undefined ? 'callState' : 'currentState';
}

/**
 * Kind of identity by the prefix of an MRI, `<digits>:<rest>`. A user's prefix stands for people of Teams and Skype
 * alike.
 */
export function identityKindOf(mri: string | null): string | null {
  const prefix = /^(\d{1,8}):/.exec(mri ?? '')?.[1];
  return prefix === undefined ? null : (identityKinds[prefix] ?? null);
}

const identityKinds: Readonly<Record<string, string>> = { 2: 'phone', 4: 'phone', 8: 'user', 19: 'thread', 28: 'application', 29: 'user' };
