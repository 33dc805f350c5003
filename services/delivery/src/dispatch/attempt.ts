import { admitsEvent, type InstallSigner, type InstallView } from '@switchboard/app-installs';
import { type AnyEvent, type Codec, type EventType, toWebhookBody } from '@switchboard/contracts';
import type { OutRecord } from '@switchboard/event-log';
import type { ReplyKind } from '@switchboard/source-kit';
import { type HttpClient, type SendOutcome, webhookRequest } from '@switchboard/webhooks';
import { endpointHealth } from '../attempts/endpoint-health.ts';
import { readEvent } from '../attempts/read-event.ts';
import { readReply } from '../attempts/reply.ts';
import { responseExcerpt } from '../attempts/response-excerpt.ts';
import type { EndpointHealth } from '../lanes/breaker.ts';
import type { DeferralCode } from '../lanes/job.ts';
import { afterAttempt, isDelivered, type Step } from '../retries/next-step.ts';
import type { RetryRoute } from '../retries/retry-route.ts';
import type { Delivery } from './delivery.ts';
import { type Standing, standingOf, type Used, usedOf } from './standing.ts';

export interface AttemptParts {
  /** Gives opened installs: one whose `sealed` is not null gets no attempt. */
  readonly view: Pick<InstallView, 'get'>;
  readonly signer: InstallSigner;
  readonly codec: Codec;
  readonly httpClient: Pick<HttpClient, 'send'>;
  /** What senders of a source take as a reply. */
  readonly replyKindOf: (source: string) => ReplyKind;
  readonly route: RetryRoute;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when a webhook answered 410 and is to be disabled for it. */
  readonly onGone: (installId: string, type: EventType, endpoint: string) => void;
  /** Told of what an operator has to look at. */
  readonly onProblem: (delivery: Delivery, message: string, cause: unknown) => void;
}

/** What came of a delivery's turn. */
export interface TurnResult extends Used {
  readonly step: Step | { readonly kind: 'put-off'; readonly code: DeferralCode };
  readonly health: EndpointHealth;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Start of the response body, for operators; null where there was none. */
  readonly responseExcerpt: string | null;
  /** Records of a delivery that ends, to append before its outcome. */
  readonly besides: readonly OutRecord[];
}

const GONE = 410;

type Rendered = { readonly body: string } | { readonly unknown: boolean; readonly cause: unknown };

/** A body version that this build does not know may be known to another process; any other failure lasts. */
function render(event: AnyEvent, version: number): Rendered {
  try {
    return { body: toWebhookBody(event, version) };
  } catch (cause) {
    return { unknown: cause instanceof RangeError, cause };
  }
}

/** Makes one attempt with the newest state of the install, or says why none was made. Never rejects for reasons of the endpoint. */
export function createAttempt(parts: AttemptParts): (delivery: Delivery) => Promise<TurnResult> {
  const { view, signer, codec, httpClient, replyKindOf, route, now, onGone, onProblem } = parts;

  function none(step: TurnResult['step'], startedAt: number, standing: Standing): TurnResult {
    return { step, health: 'neutral', ...usedOf(standing), startedAt, durationMs: 0, responseExcerpt: null, besides: [] };
  }

  function reply(delivery: Delivery, event: AnyEvent, outcome: SendOutcome): { code: string | null; besides: readonly OutRecord[] } {
    if (outcome.kind !== 'answered' || outcome.status !== 200) return { code: null, besides: [] };
    try {
      const read = readReply(outcome.body, delivery, { kind: replyKindOf(event.record.source), codec, now: now() });
      if (read.kind === 'reply') return { code: null, besides: [read.record] };
      return { code: read.kind === 'refused' ? read.code : null, besides: [] };
    } catch (cause) {
      // The webhook has the event: a bug in reading its answer must not send it again.
      onProblem(delivery, 'the answer of the replier could not be read', cause);
      return { code: null, besides: [] };
    }
  }

  return async (delivery) => {
    const startedAt = now();
    const read = await readEvent(delivery, codec);
    const standing = standingOf(view.get(delivery.state.installId), delivery.eventType);
    const noTurn = (step: TurnResult['step']) => none(step, startedAt, standing);
    if (standing.kind === 'skip') return noTurn({ kind: 'skipped', code: standing.code });
    const { install, webhook } = standing;
    if (standing.kind === 'hold') return noTurn({ kind: 'put-off', code: 'ERR_DEFERRED_PAUSED' });
    if (read.kind === 'unreadable') {
      onProblem(delivery, 'the delivery holds no event of its type', read.cause);
      return noTurn({ kind: 'dead', code: 'ERR_DEAD_UNREADABLE', status: null, attempted: false });
    }
    if (read.kind === 'not-now') {
      onProblem(delivery, 'the event cannot be read now', read.cause);
      return noTurn({ kind: 'put-off', code: 'ERR_DEFERRED_UNREADABLE' });
    }
    if (!admitsEvent(install, read.event.record)) return noTurn({ kind: 'skipped', code: 'ERR_SKIPPED_FILTERED' });
    const keys = signer.keys(install, startedAt);
    if (keys.length === 0) {
      onProblem(delivery, 'no signing secret of the install opens under SECRETS_KEY', undefined);
      return noTurn({ kind: 'put-off', code: 'ERR_DEFERRED_NO_SECRET' });
    }
    if (install.sealed !== null) {
      onProblem(delivery, 'header values and queries of the install do not open under SECRETS_KEY', undefined);
      return noTurn({ kind: 'put-off', code: 'ERR_DEFERRED_SEALED' });
    }
    const rendered = render(read.event, delivery.state.bodyVersion);
    if (!('body' in rendered)) {
      onProblem(delivery, 'the body cannot be rendered', rendered.cause);
      if (rendered.unknown) return noTurn({ kind: 'put-off', code: 'ERR_DEFERRED_UNREADABLE' });
      return noTurn({ kind: 'dead', code: 'ERR_DEAD_UNREADABLE', status: null, attempted: false });
    }

    const outcome = await httpClient.send(webhookRequest({ delivery, webhook, body: rendered.body, keys, now: startedAt }));
    const { durationMs } = outcome;
    const step = afterAttempt({ attempt: delivery.attempt, maxRetries: webhook.maxRetries, outcome, route });
    if (outcome.kind === 'answered' && outcome.status === GONE && webhook.disableOnGone) {
      onGone(install.installId, read.event.type, webhook.endpoint);
    }
    if (outcome.kind === 'failed' && (outcome.code === 'ERR_ATTEMPT_OTHER' || outcome.code === 'ERR_ATTEMPT_ADDRESS_REFUSED')) {
      onProblem(delivery, 'the attempt failed', outcome.cause);
    }
    const replied = webhook.replier && isDelivered(outcome) ? reply(delivery, read.event, outcome) : { code: null, besides: [] };
    return {
      step: step.kind === 'delivered' ? { ...step, code: replied.code } : step,
      health: endpointHealth(outcome),
      ...usedOf(standing),
      startedAt,
      durationMs,
      responseExcerpt: outcome.kind === 'answered' ? responseExcerpt(outcome.excerpt, webhook) : null,
      besides: replied.besides,
    };
  };
}
