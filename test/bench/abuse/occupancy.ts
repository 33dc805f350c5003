import type { Service } from '@switchboard/local-stack';
import { scrape } from '../support/metrics.ts';
import { until } from './until.ts';

/** What requests occupy in the ingress; 0 without requests, else what it has is leaked. */
const gauges = [
  'ingress_requests_in_flight',
  'ingress_request_bytes_in_flight',
  'ingress_unauthenticated_requests',
  'ingress_unauthenticated_bytes',
] as const;

const TIMEOUT_MS = 20_000;

/** Waits up to 20 s until no request occupies anything; gives the gauges that are not 0 then, as `ingress_requests_in_flight 3`. */
export async function gaugesLeft(service: Pick<Service, 'healthUrl'>): Promise<readonly string[]> {
  let left: readonly string[] = [];
  await until(async () => {
    const metrics = await scrape(service);
    // A gauge that is missing is NaN, which must not pass as 0.
    left = gauges.map((name) => [name, metrics.sum(name)] as const).flatMap(([name, value]) => (value === 0 ? [] : [`${name} ${value}`]));
    return left.length === 0;
  }, TIMEOUT_MS);
  return left;
}
