import type { InboundHead } from '@switchboard/source-kit';
import type { OutgoingWebhookEntry } from './entry.ts';

/** The lookup id of a request, from its query, in lower case; undefined where it is absent, empty or given twice. */
export function lookupIdOf(head: Pick<InboundHead, 'query'>): string | undefined {
  const ids = new URLSearchParams(head.query).getAll('id');
  return ids.length === 1 && ids[0] !== '' ? ids[0]?.toLowerCase() : undefined;
}

/** The app that has the lookup id of the request. */
export function findApp(head: InboundHead, entries: ReadonlyMap<string, OutgoingWebhookEntry>): string | undefined {
  const id = lookupIdOf(head);
  if (id === undefined) return undefined;
  for (const [app, entry] of entries) if (entry.ids.includes(id)) return app;
  return undefined;
}
