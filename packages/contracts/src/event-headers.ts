import type { Codec } from './codec.ts';
import { eventTypes } from './event-types.ts';
import type { OutEvent } from './events.ts';
import { headerNames, type KafkaHeader, textHeader } from './headers.ts';

/** W3C trace context of what caused the record. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** Headers of an event: CloudEvents 1.0 Kafka binding in binary mode, with the extensions partitionkey and tenantid, and the trace. */
export function eventHeaders(event: OutEvent, codec: Pick<Codec, 'fingerprint'>, trace?: TraceHeaders): readonly KafkaHeader[] {
  const { record } = event;
  const recordName = eventTypes[event.type].record;
  return [
    textHeader(headerNames.specVersion, '1.0'),
    textHeader(headerNames.eventId, record.eventId),
    textHeader(headerNames.eventType, event.type),
    textHeader(headerNames.eventSource, eventSource(record)),
    textHeader(headerNames.subject, event.key),
    textHeader(headerNames.time, new Date(record.occurredAt).toISOString()),
    textHeader(headerNames.dataSchema, `urn:switchboard:${recordName}:${codec.fingerprint(recordName)}`),
    textHeader(headerNames.partitionKey, event.key),
    ...tenantHeader(record.tenantId),
    textHeader(headerNames.contentType, 'application/avro'),
    textHeader(headerNames.notificationId, event.notificationId),
    ...traceHeaders(trace),
  ];
}

/**
 * An extension of ours: the tenant that the record names. For an activity that is what its body says, so it sorts records by tenant and
 * is no proof of one. Absent where no tenant is known.
 */
function tenantHeader(tenantId: string | null | undefined): readonly KafkaHeader[] {
  return typeof tenantId === 'string' ? [textHeader(headerNames.tenantId, tenantId)] : [];
}

interface EventSource {
  readonly source: string;
  readonly app: string;
}

function eventSource({ source, app }: EventSource): string {
  return `/${source}/${encodeURIComponent(app)}`;
}

/** Source and app of a `ce_source`; undefined for text of another form. */
export function readEventSource(text: string): EventSource | undefined {
  const [, source, app] = /^\/([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (source === undefined || app === undefined) return undefined;
  try {
    return { source, app: decodeURIComponent(app) };
  } catch {
    return undefined;
  }
}

export function traceHeaders(trace: TraceHeaders | undefined): readonly KafkaHeader[] {
  if (trace === undefined) return [];
  const headers = [textHeader(headerNames.traceparent, trace.traceparent)];
  if (trace.tracestate !== undefined) headers.push(textHeader(headerNames.tracestate, trace.tracestate));
  return headers;
}
