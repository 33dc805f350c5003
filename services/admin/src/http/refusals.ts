import { type LimitedLog, type Metrics, peerNetwork } from '@switchboard/runtime';
import type { AdminCode } from './problem.ts';

/** A request that the admin API refused. */
export interface Refusal {
  readonly code: AdminCode;
  /** Name of the token; undefined if the request came without a valid one. */
  readonly caller: string | undefined;
  /** Method and route, for example `PUT /v1/app-installs/:id`, or `none` if no route matches. */
  readonly route: string;
  readonly installId: string | undefined;
  /** Address of the other end of the connection. */
  readonly peer: string;
  readonly requestId: string;
}

/** Logs refusals, a limited number of lines for each code and caller or peer, and counts all of them. */
export function observeRefusals(log: LimitedLog, metrics: Pick<Metrics, 'counter'>): (refusal: Refusal) => void {
  const refused = metrics.counter({
    name: 'admin_refused_total',
    help: 'Requests that the admin API refused, by code and route.',
    labels: ['code', 'route'],
  });
  return ({ code, ...fields }) => {
    refused.inc({ code, route: fields.route });
    log.warn(code, () => fields, 'Admin request refused', fields.caller ?? peerNetwork(fields.peer));
  };
}
