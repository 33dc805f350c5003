import { type InstallDocument, readInstallDocument, shownEndpoint } from '@switchboard/app-installs';
import { type AddressRule, literalAddress } from '../attempts/address-rule.ts';
import type { AddressProblem, AdminProblem } from './problem.ts';

export type DocumentCheck =
  | { readonly ok: true; readonly document: InstallDocument }
  | { readonly ok: false; readonly problem: AdminProblem };

/** Reads a document, and refuses endpoints at literal addresses that no attempt would be allowed to connect to. */
export function checkDocument(value: unknown, rule: AddressRule): DocumentCheck {
  const outcome = readInstallDocument(value);
  const invalid = (problems: AdminProblem['problems'] & {}): DocumentCheck => ({
    ok: false,
    problem: { code: 'ERR_ADMIN_INVALID_DOCUMENT', detail: problems.map(({ message }) => message).join('; '), problems },
  });
  if (!outcome.ok) return invalid(outcome.problems);
  const refused = Object.entries(outcome.document.webhooks).flatMap(([type, webhook]): AddressProblem[] => {
    const address = literalAddress(new URL(webhook?.endpoint ?? '').hostname);
    if (address === undefined || rule.admits(address)) return [];
    const member = `capabilities.webhooks[${JSON.stringify(type)}].endpoint`;
    return [
      { code: 'ERR_INSTALL_ADDRESS', member, message: `${member} must not be at this address (${shownEndpoint(webhook?.endpoint ?? '')})` },
    ];
  });
  return refused.length > 0 ? invalid(refused) : { ok: true, document: outcome.document };
}
