import { type Caller, maySeeTarget } from '@switchboard/app-installs';
import type { AuditEntry } from './audit-window.ts';

export interface AuditQuery {
  readonly caller: Caller;
  /** Records of this install only. */
  readonly install: string | undefined;
  readonly limit: number;
  /** Records older than the one with this cursor. */
  readonly after: string | undefined;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
}

/** Form of a cursor: time, partition and offset of the last record of a page. The record itself may have left the window since. */
export const CURSOR_PATTERN = '^[0-9]{1,16}\\.[0-9]{1,6}\\.[0-9]{1,19}$';

function cursorOf({ record, partition, offset }: AuditEntry): string {
  return `${record.at}.${partition}.${offset}`;
}

/** The entries that the caller may see, newest first, after a cursor. `entries` are newest first. */
export function auditPage(entries: readonly AuditEntry[], { caller, install, limit, after }: AuditQuery): AuditPage {
  const isOlder = after === undefined ? () => true : olderThan(after);
  const found: AuditEntry[] = [];
  for (const entry of entries) {
    const { targetKind, targetId } = entry.record;
    if (install !== undefined && (targetKind !== 'install' || targetId !== install)) continue;
    if (!isOlder(entry) || !maySeeTarget(caller, entry.record)) continue;
    if (found.length === limit) return { entries: found, next: cursorOf(found[limit - 1] as AuditEntry) };
    found.push(entry);
  }
  return { entries: found, next: null };
}

function olderThan(cursor: string): (entry: AuditEntry) => boolean {
  const [at = 0, partition = 0] = cursor.split('.').map(Number);
  const offset = BigInt(cursor.split('.')[2] ?? 0);
  return (entry) => {
    if (entry.record.at !== at) return entry.record.at < at;
    if (entry.partition !== partition) return entry.partition < partition;
    return entry.offset < offset;
  };
}
