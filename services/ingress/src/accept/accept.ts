import { topics, traceHeaders } from '@switchboard/contracts';
import { childTrace, type Logger, traceHeaders as outgoingTrace, readTrace } from '@switchboard/runtime';
import type { InboundRequest, Source } from '@switchboard/source-kit';
import type { IngressLogCode } from '../codes.ts';
import type { IngressMetrics } from '../ingress-metrics.ts';
import type { Waiter, Waiters } from '../replies/waiters.ts';
import { routingFor } from '../routing/routing.ts';
import type { Authentication, Ended } from './authenticate.ts';
import type { LoopAlarm } from './loop-alarm.ts';
import { malformed, type Outcome } from './outcome.ts';
import { type Classified, dedupeKeyOf, rawNotification } from './raw-record.ts';

export interface AcceptOptions {
  readonly waiters: Waiters;
  readonly loopAlarm: LoopAlarm;
  readonly metrics: Pick<IngressMetrics, 'appendSeconds' | 'loopAlarms' | 'anomalies'>;
  readonly logger: Logger;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
}

interface Arrival {
  readonly authentication: Authentication;
  readonly request: InboundRequest;
  /** Monotonic time of its head. */
  readonly startedAt: number;
  /** Called once the sender is authenticated and its body fits; an outcome refuses the request after all. */
  readonly onVerified: () => Outcome | undefined;
  /** Calls back when the sender has disconnected, or has its response. */
  readonly onGone: (listener: () => void) => void;
}

export type Accept = (arrival: Arrival) => Promise<Ended>;

/** Verify the body, classify, append, respond. No request is acknowledged before Kafka acknowledged its raw record. */
export function createAccept(options: AcceptOptions): Accept {
  const { waiters, loopAlarm, metrics, logger, monotonic } = options;

  return async (arrival) => {
    const { request, authentication } = arrival;
    const { app, candidates, principal: tokenPrincipal, config } = authentication;
    const [first] = candidates;
    const deadline = monotonic() + authentication.remainingMs;
    const ended = (outcome: Outcome, by: Source = first.source): Ended => ({ source: by.id, app, outcome });

    const verified = first.source.verify(request, tokenPrincipal, { app, entry: first.entry });
    if (verified.kind === 'malformed') return ended(malformed(verified.code));
    if (verified.kind !== 'verified') {
      const { kind, code, keyId } = verified;
      return { ...ended({ kind, code }), ...(keyId === undefined ? {} : { keyId }) };
    }
    const { principal } = verified;
    const refusal = arrival.onVerified();
    if (refusal !== undefined) return ended(refusal);

    const candidate = candidates.find(({ source }) => source.recognizes(request.body));
    if (candidate === undefined) return ended(malformed('ERR_INGRESS_FORM'));
    const { source, entry } = candidate;
    const routing = routingFor(app, config.routingTokens, config.regions);
    const classified = source.classify(request, { app, entry, principal, routing });
    if (classified.kind === 'malformed') return ended(malformed(classified.code), source);

    const waiter = classified.answer.reply === undefined ? undefined : waitForReply(arrival, source);
    const failure = await append(authentication, { source, app, request, principal, classified }, deadline);
    if (failure !== undefined) {
      waiter?.cancel();
      return ended(failure, source);
    }
    if (classified.anomaly !== undefined) metrics.anomalies.inc({ source: source.id, anomaly: classified.anomaly });
    if (classified.loopKey !== undefined) watchLoop(source, app, classified, classified.loopKey);
    return ended({ kind: 'accepted', answer: await responseOf(classified, waiter, arrival) }, source);
  };

  /** Undefined once Kafka has acknowledged the record. */
  async function append(
    { codec, appender }: Authentication,
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
    return code === 'ERR_LOG_RECORD_TOO_LARGE' ? malformed(code, 413) : { kind: 'unavailable', code };
  }

  function waitForReply({ request, onGone }: Arrival, { replyKind = 'message' }: Source): Waiter {
    const waiter = waiters.wait(request.notificationId, replyKind);
    onGone(waiter.cancel);
    return waiter;
  }

  async function responseOf({ answer }: Classified, waiter: Waiter | undefined, { startedAt }: Arrival) {
    if (answer.reply === undefined || waiter === undefined) return answer;
    const body = await waiter.reply(startedAt + answer.reply.waitMs - monotonic());
    return { status: answer.status, headers: answer.headers, body: body ?? answer.body };
  }

  function watchLoop(source: Source, app: string, classified: Classified, loopKey: string): void {
    if (!loopAlarm.sees(`${app}/${loopKey}`, dedupeKeyOf({ source, app, classified }))) return;
    metrics.loopAlarms.inc({ source: source.id });
    logger.warn(
      { code: 'ERR_INGRESS_LOOP' satisfies IngressLogCode, source: source.id, app, call: loopKey },
      'Sender keeps to the legacy protocol form',
    );
  }
}
