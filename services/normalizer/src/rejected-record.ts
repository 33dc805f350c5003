import { type Codec, CodecError, type RawNotification, readSchemaId, topics } from '@switchboard/contracts';
import type { LogRecord, OutRecord } from '@switchboard/event-log';

export interface Rejection {
  readonly code: string;
  readonly detail?: string;
  readonly duplicateOf?: string;
}

/** Above what any sender's key or a message of ours takes. */
const MAX_KEY_BYTES = 4_096;
const MAX_TEXT_LENGTH = 1_024;

/**
 * The record that says why a raw record makes no event. It points to the raw record and repeats nothing of its body; key and texts are
 * cut where they are absurdly long, so that it fits its topic whatever stands in the raw one.
 */
export function rejectedRecord(
  record: LogRecord,
  raw: RawNotification | undefined,
  rejection: Rejection,
  { codec, codeVersion }: { readonly codec: Codec; readonly codeVersion: string },
): OutRecord {
  return {
    topic: topics.rejected.name,
    key: (record.key ?? Buffer.from(raw?.routingKey ?? '', 'utf8')).subarray(0, MAX_KEY_BYTES),
    value: codec.encode('switchboard.notifications.v1.RejectedNotification', {
      notificationId: cut(raw?.notificationId),
      source: cut(raw?.source),
      app: cut(raw?.app),
      topic: record.topic,
      partition: record.partition,
      offset: Number(record.offset),
      code: rejection.code,
      detail: cut(rejection.detail),
      duplicateOf: cut(rejection.duplicateOf),
      schemaId: schemaIdOf(record.value),
      codeVersion,
    }),
    timestamp: raw?.receivedAt ?? record.timestamp,
  };
}

function cut(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, MAX_TEXT_LENGTH);
}

function schemaIdOf(value: Buffer | null): number | null {
  try {
    return value === null ? null : readSchemaId(value);
  } catch (error) {
    if (error instanceof CodecError) return null;
    throw error;
  }
}
