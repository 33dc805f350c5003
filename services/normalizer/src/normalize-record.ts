import {
  type Codec,
  CodecError,
  completeEvents,
  eventHeaders,
  eventTypes,
  headerNames,
  headerText,
  type OutEvent,
  type RawNotification,
  type TraceHeaders,
} from '@switchboard/contracts';
import type { LogRecord, OutRecord } from '@switchboard/event-log';
import type { NormalizeOutcome } from '@switchboard/source-kit';
import type { NormalizerCode } from './codes.ts';
import type { DedupeWindow } from './dedupe-window.ts';
import { type Rejection, rejectedRecord } from './rejected-record.ts';

/**
 * Bytes of the events of one notification, keys and headers included, above which it is rejected. Topics take records of 4 MiB: the rest
 * is for what a delivery adds to the key and the headers of its event.
 */
const MAX_OUTPUT_BYTES = 3 * 1024 * 1024;

export interface NormalizeContext {
  readonly codec: Codec;
  /** The source's pure function; undefined where this build has no source of that id. */
  readonly normalize: (source: string) => ((raw: RawNotification) => NormalizeOutcome) | undefined;
  readonly codeVersion: string;
}

/** What becomes of one raw record: its events, or one record in the rejected topic with the code. */
export type Normalized =
  | { readonly kind: 'events'; readonly source: string; readonly types: readonly string[]; readonly records: readonly OutRecord[] }
  | { readonly kind: 'rejected'; readonly source: string; readonly code: string; readonly records: readonly OutRecord[] };

/** Throws only where the writer's schema is not cached: the caller fetches it and asks again. */
export function normalizeRecord(record: LogRecord, window: DedupeWindow, context: NormalizeContext): Normalized {
  const raw = readRaw(record, context.codec);
  const judged = raw === undefined ? { code: 'ERR_NORMALIZE_UNREADABLE' } : judge(raw, record, window, context);
  if ('code' in judged) {
    return {
      kind: 'rejected',
      source: raw?.source ?? 'unknown',
      code: judged.code,
      records: [rejectedRecord(record, raw, judged, context)],
    };
  }
  return { kind: 'events', source: raw?.source ?? 'unknown', types: judged.events.map((event) => event.type), records: judged.records };
}

/** Remembers the key of a record without making anything of it: fills the window after a restart. */
export function rememberRecord(record: LogRecord, window: DedupeWindow, codec: Codec): void {
  const raw = readRaw(record, codec);
  if (raw !== undefined) occurrence(raw, record, window);
}

function readRaw(record: LogRecord, codec: Codec): RawNotification | undefined {
  try {
    return record.value === null ? undefined : codec.decode('switchboard.notifications.v1.RawNotification', record.value);
  } catch (error) {
    if (error instanceof CodecError && error.code !== 'ERR_CODEC_UNKNOWN_SCHEMA') return undefined;
    throw error;
  }
}

function judge(raw: RawNotification, record: LogRecord, window: DedupeWindow, context: NormalizeContext): Rejection | Encoded {
  // A redirected notification stays out of the window: its copy from the other region is the one that counts.
  if (raw.disposition === 'redirected') return { code: 'ERR_NORMALIZE_REDIRECTED' };
  const before = occurrence(raw, record, window);
  if (before !== undefined) return { code: 'ERR_NORMALIZE_DUPLICATE', duplicateOf: before.notificationId };
  const outcome = runSource(raw, context);
  return outcome.kind === 'events' ? encode(raw, record, outcome, context) : { code: outcome.code, ...detailOf(outcome) };
}

function occurrence(raw: RawNotification, record: LogRecord, window: DedupeWindow) {
  if (raw.disposition === 'redirected') return undefined;
  return window.occur(raw.dedupeKey, { offset: record.offset, receivedAt: raw.receivedAt, notificationId: raw.notificationId });
}

/** The source's outcome, or one of the normalizer's own where the source is unknown or broken. */
type Outcome = NormalizeOutcome | { readonly kind: 'rejected'; readonly code: NormalizerCode; readonly detail?: string };

function runSource(raw: RawNotification, context: NormalizeContext): Outcome {
  const normalize = context.normalize(raw.source);
  if (normalize === undefined) return { kind: 'rejected', code: 'ERR_NORMALIZE_UNKNOWN_SOURCE', detail: raw.source };
  try {
    return normalize(raw);
  } catch (error) {
    return { kind: 'rejected', code: 'ERR_NORMALIZE_FAILED', detail: error instanceof Error ? error.name : 'not an Error' };
  }
}

function detailOf(outcome: Exclude<Outcome, { kind: 'events' }>): { detail?: string } {
  return outcome.kind === 'rejected' && outcome.detail !== undefined ? { detail: outcome.detail } : {};
}

interface Encoded {
  readonly events: readonly OutEvent[];
  readonly records: readonly OutRecord[];
}

function encode(
  raw: RawNotification,
  record: LogRecord,
  outcome: Extract<NormalizeOutcome, { kind: 'events' }>,
  context: NormalizeContext,
): Rejection | Encoded {
  if (outcome.events.length === 0) return { code: 'ERR_NORMALIZE_EMPTY' };
  try {
    const events = completeEvents(raw, record, outcome.events);
    const trace = traceOf(record);
    const records: OutRecord[] = [];
    let bytes = 0;
    for (const event of events) {
      const made = toRecord(event, context.codec, trace);
      records.push(made);
      bytes += bytesOf(made);
      // At the first that is too much: a long id that many events share is not written out for each of them.
      if (bytes > MAX_OUTPUT_BYTES) {
        return { code: 'ERR_NORMALIZE_TOO_LARGE', detail: `${bytes} bytes in ${records.length} of ${events.length} events` };
      }
    }
    return { events, records };
  } catch (error) {
    return { code: 'ERR_NORMALIZE_ENCODE', detail: error instanceof Error ? error.message : 'not an Error' };
  }
}

function toRecord(event: OutEvent, codec: Codec, trace: TraceHeaders | undefined): OutRecord {
  return {
    topic: event.topic,
    key: Buffer.from(event.key, 'utf8'),
    value: codec.encode(eventTypes[event.type].record, event.record),
    headers: eventHeaders(event, codec, trace),
    timestamp: event.record.receivedAt,
  };
}

function bytesOf({ key, value, headers = [] }: OutRecord): number {
  const ofHeaders = headers.reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + content.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders;
}

/** The trace is passed on as it is: a fresh span id would make two runs over the same record differ. */
function traceOf(record: LogRecord): TraceHeaders | undefined {
  const traceparent = headerText(record.headers, headerNames.traceparent);
  if (traceparent === undefined) return undefined;
  const tracestate = headerText(record.headers, headerNames.tracestate);
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}
