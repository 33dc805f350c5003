import { type Codec, topics, traceHeaders } from '@switchboard/contracts';
import type { Appender } from '@switchboard/event-log';
import { childTrace, type Logger, traceHeaders as outgoingTrace, readTrace } from '@switchboard/runtime';
import type { InboundRequest, KeySets, Source } from '@switchboard/source-kit';
import type { IngressLogCode } from '../codes.ts';
import type { IngressMetrics } from '../ingress-metrics.ts';
import type { LimitedLog } from '../limited-log.ts';
import type { Waiter, Waiters } from '../replies/waiters.ts';
import { routingFor } from '../routing/routing.ts';
import type { SourcesConfig } from '../sources-file/sources-config.ts';
import { withinDeadline } from './deadline.ts';
import { type Candidate, identify } from './identify.ts';
import type { LoopAlarm } from './loop-alarm.ts';
import { malformed, type Outcome } from './outcome.ts';
import { type Classified, dedupeKeyOf, rawNotification } from './raw-record.ts';

export interface AcceptOptions {
  readonly config: () => SourcesConfig | undefined;
  readonly codec: () => Codec | undefined;
  readonly appender: () => Appender | undefined;
  readonly keySets: KeySets;
  readonly waiters: Waiters;
  readonly loopAlarm: LoopAlarm;
  readonly metrics: Pick<IngressMetrics, 'verifySeconds' | 'appendSeconds' | 'loopAlarms' | 'anomalies'>;
  readonly limitedLog: LimitedLog;
  readonly logger: Logger;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  /** How long a request may wait for verification and acknowledgement together. */
  readonly deadlineMs: number;
}

interface Arrival {
  readonly request: InboundRequest;
  /** Monotonic time of its first byte. */
  readonly startedAt: number;
  /** Calls back when the sender has gone away, or has got its answer. */
  readonly onGone: (listener: () => void) => void;
}

interface Accepted {
  /** Id of the source that the outcome counts for. */
  readonly source: string;
  readonly outcome: Outcome;
}

export type Accept = (sources: readonly Source[], arrival: Arrival) => Promise<Accepted>;

/** Verify, classify, append, answer. Nothing is acknowledged to the sender before Kafka acknowledged the raw record. */
export function createAccept(options: AcceptOptions): Accept {
  const { keySets, waiters, loopAlarm, metrics, limitedLog, logger, monotonic } = options;

  return async (sources, arrival) => {
    const { request } = arrival;
    const label = sources[0]?.id ?? 'none';
    const config = options.config();
    const codec = options.codec();
    const appender = options.appender();
    if (config === undefined || codec === undefined || appender === undefined) {
      return { source: label, outcome: { kind: 'unavailable', code: 'ERR_INGRESS_NOT_READY' } };
    }
    const identified = identify(sources, request, config);
    if (identified === undefined) return { source: label, outcome: { kind: 'refused', code: 'ERR_INGRESS_APP' } };
    const { app, candidates } = identified;
    const deadline = monotonic() + options.deadlineMs;

    const verified = await verify(candidates[0], app, request, deadline);
    if (verified.kind !== 'verified') return { source: candidates[0].source.id, outcome: verified };
    const { principal } = verified;

    const candidate = candidates.find(({ source }) => source.recognizes(request.body));
    if (candidate === undefined) return { source: label, outcome: malformed('ERR_INGRESS_FORM') };
    const { source, entry } = candidate;

    const routing = routingFor(app, config.routingTokens, config.regions);
    const classified = source.classify(request, { app, entry, principal, routing });
    if (classified.kind === 'malformed') return { source: source.id, outcome: malformed(classified.code) };

    const parts = { source, app, request, principal, classified };
    const waiter = classified.answer.reply === undefined ? undefined : waitForReply(arrival, source);
    const refusal = await append(codec, appender, parts, deadline);
    if (refusal !== undefined) {
      waiter?.cancel();
      return { source: source.id, outcome: refusal };
    }
    if (classified.anomaly !== undefined) metrics.anomalies.inc({ source: source.id, anomaly: classified.anomaly });
    if (classified.loopKey !== undefined) watchLoop(source, app, classified, classified.loopKey);
    return { source: source.id, outcome: { kind: 'accepted', answer: await answerOf(classified, waiter, arrival) } };
  };

  async function verify({ source, entry }: Candidate, app: string, request: InboundRequest, deadline: number) {
    const startedAt = monotonic();
    const late = { kind: 'unavailable', code: 'ERR_INGRESS_VERIFY_LATE' } as const;
    const verifying = source.verify(request, { app, entry, keySets, now: request.receivedAt });
    const outcome = await withinDeadline(verifying, deadline - startedAt, late);
    metrics.verifySeconds.observe((monotonic() - startedAt) / 1_000, { source: source.id });
    return outcome.kind === 'malformed' ? ({ ...outcome, status: 400 } as const) : outcome;
  }

  /** Undefined once Kafka has acknowledged the record. */
  async function append(
    codec: Codec,
    appender: Appender,
    parts: Parameters<typeof rawNotification>[0],
    deadline: number,
  ): Promise<Outcome | undefined> {
    const { request, classified } = parts;
    const startedAt = monotonic();
    const remainingMs = deadline - startedAt;
    if (remainingMs <= 0) return { kind: 'unavailable', code: 'ERR_INGRESS_VERIFY_LATE' };
    const trace = childTrace(readTrace(request.headers));
    const appended = await appender.append(
      {
        topic: topics.raw.name,
        key: Buffer.from(classified.routingKey, 'utf8'),
        value: codec.encode('switchboard.notifications.v1.RawNotification', rawNotification(parts)),
        headers: traceHeaders(outgoingTrace(trace)),
        timestamp: request.receivedAt,
      },
      { deadlineMs: remainingMs },
    );
    metrics.appendSeconds.observe((monotonic() - startedAt) / 1_000);
    if (appended.ok) return undefined;
    const { code } = appended;
    limitedLog.warn(
      code,
      { source: parts.source.id, app: parts.app, notificationId: request.notificationId },
      'a notification is not stored',
    );
    return code === 'ERR_LOG_RECORD_TOO_LARGE' ? malformed(code, 413) : { kind: 'unavailable', code };
  }

  function waitForReply({ request, onGone }: Arrival, { replyKind = 'message' }: Source): Waiter {
    const waiter = waiters.wait(request.notificationId, replyKind);
    onGone(waiter.cancel);
    return waiter;
  }

  async function answerOf({ answer }: Classified, waiter: Waiter | undefined, { startedAt }: Arrival) {
    if (answer.reply === undefined || waiter === undefined) return answer;
    const body = await waiter.reply(startedAt + answer.reply.waitMs - monotonic());
    return { status: answer.status, headers: answer.headers, body: body ?? answer.body };
  }

  function watchLoop(source: Source, app: string, classified: Classified, loopKey: string): void {
    if (!loopAlarm.sees(`${app}/${loopKey}`, dedupeKeyOf({ source, app, classified }))) return;
    metrics.loopAlarms.inc({ source: source.id });
    logger.warn(
      { code: 'ERR_INGRESS_LOOP' satisfies IngressLogCode, source: source.id, app, call: loopKey },
      'the sender keeps to a protocol form that it was told to leave',
    );
  }
}
