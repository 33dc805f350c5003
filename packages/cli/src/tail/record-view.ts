import { withoutWebhookSecrets } from '@switchboard/app-installs';
import { type AppInstall, type Codec, CodecError, type DecodedRecord, headerNames, headerText } from '@switchboard/contracts';
import type { LogRecord } from '@switchboard/event-log';

/** A record as `tail` shows it; `value` is the decoded record, or a text that says why it could not be decoded. */
export interface RecordView {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** ISO 8601. */
  readonly time: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Event type, else record name. */
  readonly type: string | null;
  readonly value: unknown;
}

export async function viewRecord(record: LogRecord, codec: Codec): Promise<RecordView> {
  const decoded = await decode(record, codec);
  return {
    topic: record.topic,
    partition: record.partition,
    offset: String(record.offset),
    time: new Date(record.timestamp).toISOString(),
    key: record.key?.toString('utf8') ?? null,
    headers: Object.fromEntries(record.headers.map(([name, value]) => [name, value.toString('utf8')])),
    type: headerText(record.headers, headerNames.eventType) ?? (decoded !== undefined && 'name' in decoded ? decoded.name : null),
    value: decoded === undefined ? null : 'name' in decoded ? readable(shown(decoded)) : `cannot be decoded: ${decoded.problem}`,
  };
}

async function decode(record: LogRecord, codec: Codec): Promise<DecodedRecord | { readonly problem: string } | undefined> {
  if (record.value === null) return undefined;
  try {
    await codec.ensure(record.value);
    return codec.decodeAny(record.value);
  } catch (error) {
    if (error instanceof CodecError) return { problem: error.code };
    throw error;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Header values and queries of installs are not shown, also where an earlier version wrote them in the clear. */
function shown({ name, value }: DecodedRecord): object {
  if (name !== 'switchboard.installs.v1.AppInstall') return value;
  const { sealed, ...install } = withoutWebhookSecrets(value as AppInstall);
  return { ...install, sealed: sealed !== null };
}

/** Bytes as text where they are text. Of signing secrets only id and end are shown. */
function readable(value: object): unknown {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readableMember(name, member)]));
}

function readableMember(name: string, member: unknown): unknown {
  if (name === 'signingSecrets' && Array.isArray(member)) return member.map(({ id, notAfter }) => ({ id, notAfter }));
  if (!Buffer.isBuffer(member)) return member;
  try {
    return utf8.decode(member);
  } catch {
    return { base64: member.toString('base64') };
  }
}
