import type { BodyCode, NormalizeOutcome } from '@switchboard/source-kit';
import type { ProtocolForm } from './protocol-form.ts';

/** A notification whose inside breaks a rule of the protocol; `detail` names the member and the rule. */
export function rejected(detail: string): NormalizeOutcome {
  return { kind: 'rejected', code: 'ERR_NORMALIZE_SHAPE', detail };
}

/** A stored body that does not have the form of the source it was filed under. */
export function rejectedForm(form: ProtocolForm): NormalizeOutcome {
  if (form.kind !== 'neither') return rejected(`the body has the ${form.kind} form`);
  return isBodyCode(form.code) ? { kind: 'rejected', code: form.code } : rejected('the body has neither form of the protocol, or both');
}

function isBodyCode(code: string): code is BodyCode {
  return code.startsWith('ERR_BODY_');
}
