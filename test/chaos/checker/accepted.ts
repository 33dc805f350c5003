import type { Evidence } from './facts.ts';
import { groupBy, positionOf, type Verdict } from './verdict.ts';

/** A 2xx, 204 and 302 promise everything. */
export const isAccepted = (status: number | null): boolean =>
  status !== null && ((status >= 200 && status < 300) || status === 302 || status === 307);

/** I1: what was answered with 2xx, 204 or 302 is committed. */
export function acceptedIsStored({ sent, raw }: Evidence): Verdict {
  const stored = groupBy(raw, ({ bodyHash }) => bodyHash);
  const accepted = sent.filter(({ status }) => isAccepted(status));
  const violations = accepted.flatMap(({ marker, source, bodyHash, status }) => {
    const found = stored.get(bodyHash) ?? [];
    if (found.length === 0) return [`${marker} was answered ${status} and is not in the raw topic`];
    return found.some((record) => record.source === source) ? [] : [`${marker} is in the raw topic under another source than ${source}`];
  });
  // Each of the requests that were accepted, and not the body alone: one that was sent again may have been stored for an earlier one.
  for (const [bodyHash, requests] of groupBy(accepted, (request) => request.bodyHash)) {
    const found = stored.get(bodyHash)?.length ?? 0;
    if (found > 0 && found < requests.length)
      violations.push(`${requests[0]?.marker} was accepted ${requests.length} times and is ${found} times in the raw topic`);
  }
  return { promise: 'I1 accepted is stored', checked: accepted.length, violations, figures: {} };
}

/** I2: no 2xx promises nothing, and nothing comes from nowhere: a raw record is a request that was sent and not refused for its proof. */
export function storedWasSent({ sent, raw }: Evidence): Verdict {
  const known = groupBy(sent, ({ bodyHash }) => bodyHash);
  const violations = raw.flatMap((record) => {
    const requests = known.get(record.bodyHash);
    if (requests === undefined) return [`${positionOf(record)} holds a body that was never sent`];
    return requests.every(({ status }) => status === 401) ? [`${positionOf(record)} holds a request that was answered 401`] : [];
  });
  for (const [bodyHash, records] of groupBy(raw, (record) => record.bodyHash)) {
    const requests = known.get(bodyHash) ?? [];
    if (requests.length > 0 && records.length > requests.length)
      violations.push(`${requests[0]?.marker} was sent ${requests.length} times and is ${records.length} times in the raw topic`);
  }
  const stored = new Set(raw.map(({ bodyHash }) => bodyHash));
  const unanswered = sent.filter(({ status }) => !isAccepted(status));
  return {
    promise: 'I2 stored was sent',
    checked: raw.length,
    violations,
    figures: { 'without a 2xx': unanswered.length, 'of them stored': unanswered.filter(({ bodyHash }) => stored.has(bodyHash)).length },
  };
}
