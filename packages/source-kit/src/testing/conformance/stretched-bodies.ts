/** The body once for each word in its texts, that word longer by `length` characters: an id can be in a path or a query too. */
export function stretchedBodies(body: Buffer, length: number): readonly Buffer[] {
  const root: unknown = JSON.parse(body.toString());
  const words = wordsIn(root);
  return Array.from({ length: words }, (_, at) => Buffer.from(JSON.stringify(stretched(root, at, 'x'.repeat(length)))));
}

const WORD = /[^\s/~?&=]+/g;

function wordsIn(root: unknown): number {
  return textsIn(root).reduce((sum, text) => sum + (text.match(WORD)?.length ?? 0), 0);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function stretched(root: unknown, at: number, by: string): unknown {
  let left = at;
  return JSON.parse(JSON.stringify(root), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(WORD, (word) => (left-- === 0 ? word + by : word)) : value,
  );
}
