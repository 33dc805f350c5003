import { isList, type Members } from '../members.ts';

export interface ConversationMember {
  id: string;
  name: string | null;
  role: string | null;
  state: string | null;
}

/** Accounts of a list such as membersAdded; one without an id is not taken and stays in the extensions. */
export function takeAccounts(activity: Members, name: string): ConversationMember[] {
  const accounts = activity.peek(name);
  if (!isList(accounts)) return [];
  return accounts.flatMap((_, index) => {
    const id = activity.takeText(name, index, 'id');
    if (id === null) return [];
    return { id, name: activity.takeText(name, index, 'name'), role: activity.takeText(name, index, 'role'), state: null };
  });
}

/** Participants of a meeting event: `value.members[]` with a user and a meeting state each. */
export function takeMeetingParticipants(activity: Members): ConversationMember[] {
  const participants = activity.peek('value', 'members');
  if (!isList(participants)) return [];
  return participants.flatMap((_, index) => {
    const at = ['value', 'members', index] as const;
    const id = activity.takeText(...at, 'user', 'id');
    if (id === null) return [];
    return { id, name: activity.takeText(...at, 'user', 'name'), role: activity.takeText(...at, 'meeting', 'role'), state: null };
  });
}
