import type { Evidence } from '../chaos/checker/facts.ts';
import type { Verdict } from '../chaos/checker/verdict.ts';
import { GUARDED, REFUSED_STATUS } from '../chaos/load/receiver-answer.ts';

/** Every request to the guarded endpoint has the header and the query of its webhook, whichever release wrote the install and posts. */
export function secretsArrive({ received }: Pick<Evidence, 'received'>): Verdict {
  const requests = received.filter(({ path }) => path === `/${GUARDED}`);
  return {
    promise: 'header values and queries arrive',
    checked: requests.length,
    violations: requests
      .filter(({ status }) => status === REFUSED_STATUS)
      .map(
        ({ webhookId, at }) => `the request for ${webhookId} at ${new Date(at).toISOString()} lacks the header or the query of its webhook`,
      ),
    figures: {},
  };
}
