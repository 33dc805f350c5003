import type { SentFact } from '../checker/facts.ts';
import { readJsonLines } from './json-lines.ts';

/** A line of the sender's log: a request when it is sent, then its status when it is answered. */
export type SentLine = ({ readonly request: number } & Omit<SentFact, 'status'>) | { readonly answered: number; readonly status: number };

/** Every request of the log, with the status that an earlier state of the log knew; null where it knew none. */
export async function readSentLog(file: string, earlier: string): Promise<SentFact[]> {
  const statuses = new Map<number, number>();
  for await (const line of readJsonLines<SentLine>(earlier)) if ('answered' in line) statuses.set(line.answered, line.status);
  const requests: SentFact[] = [];
  for await (const line of readJsonLines<SentLine>(file)) {
    if (!('request' in line)) continue;
    const { request, ...fact } = line;
    requests.push({ ...fact, status: statuses.get(request) ?? null });
  }
  return requests;
}
