import type { LogRecord } from '../log.ts';

/** Bytes of key, value and headers. */
export function recordBytes({ key, value, headers }: LogRecord): number {
  return headers.reduce((sum, [name, content]) => sum + name.length + content.length, (key?.length ?? 0) + (value?.length ?? 0));
}
