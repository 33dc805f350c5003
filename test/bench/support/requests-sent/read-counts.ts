import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Requests that a process has sent to brokers so far, by API key. */
export type RequestCounts = Readonly<Record<string, number>>;

/** API keys that the bench names. */
export const apiKeys = { produce: 0, fetch: 1, endTxn: 26 } as const;

/** NODE_OPTIONS that make a service count its requests. */
export function countingOptions(directory: string): string {
  const preload = new URL('./preload.ts', import.meta.url);
  preload.searchParams.set('directory', directory);
  return `--import ${preload.href}`;
}

/** The counts of a process that was started with `countingOptions` of the directory. */
export async function readCounts(directory: string, pid: number): Promise<RequestCounts> {
  return JSON.parse(await text(connect(join(directory, `${pid}.sock`)))) as RequestCounts;
}
