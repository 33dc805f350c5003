import type { EventDraft } from '@switchboard/contracts';
import { canonical } from '../calling/enums.ts';
import { takeEnum, takeName } from '../calling/take.ts';
import { typeNameOf } from './payload.ts';
import { extensionsOf, inEntity, type Reading, takeCommonFields, takeResult } from './reading.ts';

const statuses = ['notStarted', 'running', 'completed', 'failed'] as const;

/** Names shared by all calling protocols, where the platform's own differ from them. */
const shortNames: Readonly<Record<string, string>> = {
  muteParticipant: 'mute',
  unmuteParticipant: 'unmute',
  inviteParticipants: 'invite',
  comms: 'unknown',
};

/** The event of an operation's progress or result; the platform deletes an operation when it is done. */
export function operationEvent(reading: Reading): EventDraft {
  const { members, change, entity } = reading;
  const fields = {
    ...takeCommonFields(reading),
    operationId: takeName(members, ...inEntity, 'id') ?? change.path.entityId,
    operation: operationName(typeNameOf(entity)),
    status: takeEnum(members, statuses, ...inEntity, 'status') ?? 'unknown',
    clientContext: takeName(members, ...inEntity, 'clientContext'),
    ...takeResult(reading),
  };
  return { type: 'calling.CallNotification.OperationEvent', record: { ...fields, extensions: extensionsOf(reading) } };
}

function operationName(type: string | undefined): string {
  const name = canonical((type ?? 'comms').replace(/operation$/i, ''), Object.keys(shortNames));
  return Object.hasOwn(shortNames, name) ? (shortNames[name] ?? name) : name || 'unknown';
}
