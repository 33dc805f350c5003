import { type Codec, CodecError, type RawNotification, readSchemaId, topics } from '@switchboard/contracts';
import type { LogRecord, OutRecord } from '@switchboard/event-log';

export interface Rejection {
  readonly code: string;
  readonly detail?: string;
  readonly duplicateOf?: string;
}

/** The record that says why a raw record makes no event. It points to the raw record and repeats nothing of its body. */
export function rejectedRecord(
  record: LogRecord,
  raw: RawNotification | undefined,
  rejection: Rejection,
  { codec, codeVersion }: { readonly codec: Codec; readonly codeVersion: string },
): OutRecord {
  return {
    topic: topics.rejected.name,
    key: record.key ?? Buffer.from(raw?.routingKey ?? '', 'utf8'),
    value: codec.encode('switchboard.notifications.v1.RejectedNotification', {
      notificationId: raw?.notificationId ?? null,
      source: raw?.source ?? null,
      app: raw?.app ?? null,
      topic: record.topic,
      partition: record.partition,
      offset: Number(record.offset),
      code: rejection.code,
      detail: rejection.detail ?? null,
      duplicateOf: rejection.duplicateOf ?? null,
      schemaId: schemaIdOf(record.value),
      codeVersion,
    }),
    timestamp: raw?.receivedAt ?? record.timestamp,
  };
}

function schemaIdOf(value: Buffer | null): number | null {
  try {
    return value === null ? null : readSchemaId(value);
  } catch (error) {
    if (error instanceof CodecError) return null;
    throw error;
  }
}
