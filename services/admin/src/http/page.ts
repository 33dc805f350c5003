import { type Static, strictObject, Type } from '@switchboard/validation';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Query of every list. */
export const pageQuerySchema = strictObject({
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_LIMIT, description: `Most items of the page; default ${DEFAULT_LIMIT}.`, examples: [50] }),
  ),
  after: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_-]{1,512}$',
      rule: 'the value of next in the page before',
      description: 'The value of `next` in the page before.',
      examples: [cursorOf('help-desk')],
    }),
  ),
});
export type PageQuery = Static<typeof pageQuerySchema>;

/** Member of every list beside its items. */
export const nextSchema = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  description: 'Cursor of the next page; null for the last page.',
});

function cursorOf(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/**
 * A page of items by ascending key. The cursor is the key of the last item, so an item that exists throughout is listed
 * exactly once, also while others are added and removed.
 */
export function pageOf<Item>(all: readonly Item[], keyOf: (item: Item) => string, { limit = DEFAULT_LIMIT, after }: PageQuery) {
  const start = after === undefined ? undefined : Buffer.from(after, 'base64url').toString('utf8');
  const rest = start === undefined ? all : all.filter((item) => keyOf(item) > start);
  const items = rest.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)).slice(0, limit);
  const last = items.at(-1);
  return { items, next: last === undefined || items.length === rest.length ? null : cursorOf(keyOf(last)) };
}
