import { createHash } from 'node:crypto';
import { type SigningKey, signWebhook } from '@switchboard/app-installs';
import { type DeliveryState, headerNames, type Webhook } from '@switchboard/contracts';
import { childTrace, readTrace, traceparent } from '@switchboard/runtime';
import type { OutgoingRequest } from './http-client.ts';
import { ownHeadersOf, targetOf } from './webhook-target.ts';

/** Most of a reply that is read; the rest of the rules are the reply's own. */
const REPLY_BYTES = 65_536;
const USER_AGENT = 'Switchboard/1';

/** CloudEvents attributes of the record that are the event's own, in HTTP names. The schema of the record is not the body's. */
const attributes = [
  [headerNames.specVersion, 'ce-specversion'],
  [headerNames.eventId, 'ce-id'],
  [headerNames.eventType, 'ce-type'],
  [headerNames.eventSource, 'ce-source'],
  [headerNames.subject, 'ce-subject'],
  [headerNames.time, 'ce-time'],
  [headerNames.partitionKey, 'ce-partitionkey'],
] as const;

/** Longest header value made of an id. Many servers admit 8 kB of headers in all, and an id of 1,000 letters can be 9 kB encoded. */
const MAX_ATTRIBUTE_BYTES = 1_024;

/**
 * A CloudEvents attribute as an HTTP header value: everything but printable ASCII, and quotes and percent signs, is
 * percent-encoded. A value of more than 1,024 bytes is replaced by `sha256:` and the hexadecimal SHA-256 of the UTF-8 text.
 */
export function attributeValue(text: string): string {
  if (/^[\x21\x23\x24\x26-\x7e]{0,1024}$/.test(text)) return text;
  const wellFormed = text.toWellFormed();
  const encoded = wellFormed.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character));
  return encoded.length <= MAX_ATTRIBUTE_BYTES ? encoded : `sha256:${createHash('sha256').update(wellFormed).digest('hex')}`;
}

/** The part of a delivery that its requests show. */
export interface OutgoingDelivery {
  /** Headers of its record as text, by name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly state: Pick<DeliveryState, 'deliveryId' | 'run'>;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
}

export interface WebhookRequest {
  readonly delivery: OutgoingDelivery;
  readonly webhook: Webhook;
  /** The same text in every attempt. */
  readonly body: string;
  /** Keys that sign, at least one. */
  readonly keys: readonly SigningKey[];
  /** Milliseconds since the epoch: the time of this attempt. */
  readonly now: number;
}

/** The request of an attempt: the install's own headers, CloudEvents and Standard Webhooks headers, and the trace. */
export function webhookRequest({ delivery, webhook, body, keys, now }: WebhookRequest): OutgoingRequest {
  const { texts, state, attempt } = delivery;
  const { origin, path } = targetOf(webhook);
  const headers = [...ownHeadersOf(webhook)];
  for (const [from, to] of attributes) {
    const value = texts.get(from);
    if (value !== undefined) headers.push(to, attributeValue(value));
  }
  const trace = childTrace(readTrace({ traceparent: texts.get(headerNames.traceparent), tracestate: texts.get(headerNames.tracestate) }));
  headers.push('traceparent', traceparent(trace));
  if (trace.state !== undefined) headers.push('tracestate', trace.state);
  const timestampSeconds = Math.floor(now / 1_000);
  const signed = signWebhook({ id: state.deliveryId, timestampSeconds, body }, keys);
  headers.push('content-type', 'application/json', 'user-agent', USER_AGENT);
  headers.push('webhook-id', state.deliveryId, 'webhook-timestamp', String(timestampSeconds), 'webhook-signature', signed.signature);
  headers.push('sb-attempt', String(attempt));
  // A redrive is the same delivery again. A replay is named, so that its receiver can tell past events from new ones.
  if (!/^\d+$/.test(state.run)) headers.push('sb-replay', attributeValue(state.run));
  return { origin, path, headers, body: signed.body, wantedBodyBytes: webhook.replier ? REPLY_BYTES : 0 };
}
