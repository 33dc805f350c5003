import type { Codec } from './codec.ts';
import { eventTypes } from './event-types.ts';
import type { OutEvent } from './events.ts';
import { headerNames, type KafkaHeader, textHeader } from './headers.ts';

/** W3C trace context of what caused the record. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** Headers of an event: CloudEvents 1.0 Kafka binding in binary mode, and the trace. */
export function eventHeaders(event: OutEvent, codec: Pick<Codec, 'fingerprint'>, trace?: TraceHeaders): readonly KafkaHeader[] {
  const { record } = event;
  const recordName = eventTypes[event.type].record;
  return [
    textHeader(headerNames.specVersion, '1.0'),
    textHeader(headerNames.eventId, record.eventId),
    textHeader(headerNames.eventType, event.type),
    textHeader(headerNames.eventSource, `/${record.source}/${encodeURIComponent(record.app)}`),
    textHeader(headerNames.subject, event.key),
    textHeader(headerNames.time, new Date(record.occurredAt).toISOString()),
    textHeader(headerNames.dataSchema, `urn:switchboard:${recordName}:${codec.fingerprint(recordName)}`),
    textHeader(headerNames.partitionKey, event.key),
    textHeader(headerNames.contentType, 'application/avro'),
    textHeader(headerNames.notificationId, event.notificationId),
    ...traceHeaders(trace),
  ];
}

export function traceHeaders(trace: TraceHeaders | undefined): readonly KafkaHeader[] {
  if (trace === undefined) return [];
  const headers = [textHeader(headerNames.traceparent, trace.traceparent)];
  if (trace.tracestate !== undefined) headers.push(textHeader(headerNames.tracestate, trace.tracestate));
  return headers;
}
