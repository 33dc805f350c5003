import type { InboundHead } from '@switchboard/source-kit';
import type { OutgoingWebhookEntry } from './entry.ts';

/**
 * The lookup id of a request, from its query, in lower case. The name of the parameter is `id` in any letter case, as the
 * reference implementation reads it. Undefined where it is absent or empty, or where two parameters have the name in any
 * letter case: two readers could choose different ones.
 */
export function lookupIdOf(head: Pick<InboundHead, 'query'>): string | undefined {
  const ids = [...new URLSearchParams(head.query)].filter(([name]) => name.toLowerCase() === 'id').map(([, value]) => value.toLowerCase());
  return ids.length === 1 && ids[0] !== '' ? ids[0] : undefined;
}

/** The app that has the lookup id of the request. */
export function findApp(head: InboundHead, entries: ReadonlyMap<string, OutgoingWebhookEntry>): string | undefined {
  const id = lookupIdOf(head);
  if (id === undefined) return undefined;
  for (const [app, entry] of entries) if (entry.ids.includes(id)) return app;
  return undefined;
}
