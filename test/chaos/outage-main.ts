/** Usage: npm run chaos:outage -- [--minutes M] [--rate R]: what an outage of all brokers does to the ingress; exits 1 when a promise is broken. */
import { parseArgs } from 'node:util';
import { runIngressOutage } from './ingress-outage.ts';

/** Share of the requests that must have been made and answered for the run to say anything. */
const ENOUGH = 0.95;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '200' } } });
const report = await runIngressOutage({ outageMs: Number(values.minutes) * 60_000, requestsPerSecond: Number(values.rate) });
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
const answers = Object.values(report.statuses).reduce((sum, count) => sum + count, 0);
const kept =
  answers >= ENOUGH * Number(values.minutes) * 60 * Number(values.rate) &&
  Object.keys(report.statuses).every((status) => Number(status) === 503) &&
  report.withoutRetryAfter === 0 &&
  report.slowestMs <= 2_000 &&
  report.residentMost - report.residentBefore <= 50 &&
  report.firstSuccessMs <= 5_000 &&
  report.lost === 0;
process.stdout.write(`${kept ? 'kept' : 'BROKEN'}\n`);
process.exit(kept ? 0 : 1);
