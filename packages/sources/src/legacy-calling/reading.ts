import type { RawNotification } from '@switchboard/contracts';
import { chainIdOf } from '../calling/headers.ts';
import type { LegacyForm } from '../calling/protocol-form.ts';
import { withReceivedContext } from '../calling/received-context.ts';
import { withoutSecrets } from '../calling/redaction.ts';
import { takeEnum, takeName } from '../calling/take.ts';
import { takeTenant } from '../calling/tenant.ts';
import { type Members, readMembers } from '../members.ts';
import { callStates, stateMemberOf } from './payload.ts';

/** A legacy notification on its way into one event; what is not taken becomes the extensions. */
export interface Reading {
  readonly raw: RawNotification;
  readonly form: LegacyForm;
  readonly members: Members;
}

export function readingOf(raw: RawNotification, form: LegacyForm): Reading {
  const root = form.recordedAudio === null ? form.root : { recordedAudio: { ...form.recordedAudio }, ...form.root };
  return { raw, form, members: readMembers(withReceivedContext(withoutSecrets(root), raw)) };
}

/** Fields that every calling event of a legacy notification has, apart from the extensions. */
export function takeCommonFields({ raw, form, members }: Reading) {
  members.takeText('id');
  return {
    occurredAt: raw.receivedAt,
    tenantId: takeTenant(raw, members),
    conversationId: takeName(members, 'threadId'),
    sequence: null,
    callId: form.id,
    callChainId: chainIdOf(raw) ?? null,
    protocol: 'legacy',
  };
}

/** The call state in its canonical spelling and as sent. */
export function takeState({ form, members }: Reading): { readonly state: string | null; readonly rawState: string } {
  const member = stateMemberOf(form.root);
  const rawState = members.peekText(member) ?? '';
  return { state: takeEnum(members, callStates, member), rawState };
}

export function extensionsOf({ members }: Reading): string {
  return JSON.stringify(members.rest());
}
