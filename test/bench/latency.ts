import type { ServiceName } from '@switchboard/local-stack';
import type { Bench, BenchResult } from './support/bench.ts';
import { percentile } from './support/statistics.ts';
import { type SteadyOutcome, sendSteadily } from './support/steady-load.ts';
import { milliseconds } from './support/table.ts';
import { type Timeline, watchTimeline } from './support/timeline.ts';
import { type LoadMeasurement, underLoad } from './support/under-load.ts';

const PER_SECOND = 500;
const ENDPOINTS = 10;
const AIM_P50_MS = 50;
const AIM_P99_MS = 150;

/** From the request of the sender to the first attempt at the receiver, with the steps between. */
export const latencyBench: Bench = {
  name: 'latency',
  title: `From accept to the first attempt, at ${PER_SECOND} a second`,
  profiled: 'delivery',
  run: (options) => underLoad(options, { endpoints: ENDPOINTS }, measure),
};

async function measure(...[{ quick, report }, stack, endpoints, load]: Parameters<LoadMeasurement>): Promise<BenchResult> {
  const send = (name: string, seconds: number, perSecond = PER_SECOND) =>
    sendSteadily(stack, load, endpoints, { name, seconds, perSecond });
  report('latency: warming up');
  await send('warm-up', quick ? 4 : 10);
  const timeline = await watchTimeline(stack);
  report(`latency: ${PER_SECOND} a second`);
  const outcome = await send('measured', quick ? 6 : 20);
  await timeline.stop();
  const steps = stepsOf(outcome, timeline);
  const [whole] = steps.slice(-1);
  report('latency: one at a time');
  const alone = await send('alone', quick ? 5 : 20, 5);
  const aloneMs = latencies(alone);
  const p50 = percentile(whole?.sinceSent ?? [], 0.5);
  const p99 = percentile(whole?.sinceSent ?? [], 0.99);
  const late = outcome.conversations.length - outcome.arrivals.length;
  const missed = p50 > AIM_P50_MS || p99 > AIM_P99_MS || late > 0 || outcome.refused > 0;
  return {
    tables: [
      {
        columns: ['until', 'since the step before, p50', 'p99', 'since the request, p50', 'p99 '],
        rows: steps.map(({ title, sinceLast, sinceSent }) => [
          title,
          milliseconds(percentile(sinceLast, 0.5)),
          milliseconds(percentile(sinceLast, 0.99)),
          milliseconds(percentile(sinceSent, 0.5)),
          milliseconds(percentile(sinceSent, 0.99)),
        ]),
      },
    ],
    notes: [
      `Aims: at most ${AIM_P50_MS} ms at p50 and ${AIM_P99_MS} ms at p99 from the request to the first attempt. ${outcome.conversations.length} messages of as many conversations, of ${ENDPOINTS} tenants with an endpoint each; ${outcome.refused} answered 503, ${late} without an attempt half a minute later.`,
      `At 5 a second, where no step waits for another message's: ${milliseconds(percentile(aloneMs, 0.5))} at p50, ${milliseconds(percentile(aloneMs, 0.99))} at p99.`,
      'Where the time goes: both hops wait for transactions, of which a broker on this machine ends some 250 a second, as the section on transactions shows. What was gained: with two at once in place of one for each partition, the first attempt came after 1.4 s in place of 3.5 s at p50, and the answer after 25 ms in place of 217 ms, in two runs one after the other on a busy machine.',
      'Events and deliveries are seen by a reader of their topics, which adds its own fetch, so that a step may seem to begin before the one before has ended.',
    ],
    ...(missed ? { missed: slowestService(steps) } : {}),
  };
}

function latencies({ conversations, sentAt, arrivals }: SteadyOutcome): number[] {
  const sent = new Map(conversations.map((conversation, index) => [conversation, sentAt[index] as number]));
  return arrivals.map(({ subject, at }) => at - (sent.get(subject) ?? Number.NaN));
}

function slowestService(steps: readonly Step[]): ServiceName {
  const took = ({ sinceLast }: Step): number => percentile(sinceLast, 0.5);
  const [slowest] = steps.toSorted((one, other) => took(other) - took(one));
  return slowest?.service ?? 'delivery';
}

interface Step {
  readonly title: string;
  /** Whose work it is. */
  readonly service: ServiceName;
  readonly sinceLast: readonly number[];
  readonly sinceSent: readonly number[];
}

function stepsOf({ conversations, sentAt, answeredAt, arrivals }: SteadyOutcome, timeline: Timeline): Step[] {
  const byConversation = (times: Float64Array) =>
    new Map(conversations.map((conversation, index) => [conversation, times[index] as number]));
  const sent = byConversation(sentAt);
  const arrived = new Map<string, number>();
  for (const { subject, at } of arrivals) if (!arrived.has(subject)) arrived.set(subject, at);
  const moments: readonly [title: string, service: ServiceName, times: ReadonlyMap<string, number>][] = [
    ['the answer: verified and stored raw', 'ingress', byConversation(answeredAt)],
    ['the event can be read (normalizer committed)', 'normalizer', timeline.eventReadable],
    ['the fan-out works on it', 'delivery', timeline.fanOutBegan],
    ['the delivery can be read (fan-out committed)', 'delivery', timeline.pendingReadable],
    ['the attempt begins', 'delivery', timeline.attemptBegan],
    ['the request is at the receiver', 'delivery', arrived],
  ];
  let last: ReadonlyMap<string, number> = sent;
  return moments.map(([title, service, times]) => {
    const since = (from: ReadonlyMap<string, number>) =>
      conversations.flatMap((conversation) => {
        const [begin, end] = [from.get(conversation), times.get(conversation)];
        return begin === undefined || end === undefined ? [] : [end - begin];
      });
    const step = { title, service, sinceLast: since(last), sinceSent: since(sent) };
    last = times;
    return step;
  });
}
