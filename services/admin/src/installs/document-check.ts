import { type InstallDocument, readInstallDocument, type WriteProblem } from '@switchboard/app-installs';
import { memberPath, shownUrl } from '@switchboard/validation';
import { type AddressRule, literalAddress } from '@switchboard/webhooks';
import type { AdminProblem, MemberProblem } from '../http/problem.ts';

export type DocumentCheck = { readonly ok: true; readonly value: InstallDocument } | { readonly ok: false; readonly problem: AdminProblem };

/** Reads a document, and refuses endpoints at literal addresses that no attempt would be allowed to connect to. */
export function checkDocument(value: unknown, rule: AddressRule): DocumentCheck {
  const outcome = readInstallDocument(value);
  if (!outcome.ok) return invalid(outcome.problems, outcome.problemCount);
  const refused = Object.entries(outcome.document.webhooks).flatMap(([type, webhook]): MemberProblem[] => {
    const endpoint = webhook?.endpoint ?? '';
    const address = literalAddress(new URL(endpoint).hostname);
    if (address === undefined || rule.admits(address)) return [];
    const member = memberPath(memberPath('capabilities.webhooks', type), 'endpoint');
    return [{ code: 'ERR_INSTALL_ADDRESS', member, message: `${member} must not be at this address (got ${shownUrl(endpoint)})` }];
  });
  return refused.length > 0 ? invalid(refused, refused.length) : { ok: true, value: outcome.document };
}

/** The problem of a document whose endpoint lacks the query of the stored one, as responses do. */
export function withoutItsQuery(type: string): WriteProblem {
  const member = memberPath(memberPath('capabilities.webhooks', type), 'endpoint');
  const detail = `${member} must have the query of the stored endpoint, which responses do not show, or end with ? to have none`;
  return { code: 'ERR_ADMIN_INVALID_DOCUMENT', detail };
}

/** The detail has the first problem only: `problems` has the others, and a response must stay below 20 kB. */
function invalid(problems: AdminProblem['problems'] & {}, problemCount: number): DocumentCheck {
  const more = problemCount === 1 ? '' : ` (and ${problemCount - 1} more)`;
  const detail = `${problems[0]?.message ?? ''}${more}`;
  return { ok: false, problem: { code: 'ERR_ADMIN_INVALID_DOCUMENT', detail, problems, problemCount } };
}
