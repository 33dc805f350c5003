export interface AtTag {
  /** The tag with all that is in it. */
  readonly tag: string;
  /** What is between its ends. */
  readonly name: string;
}

/** The first `<at>…</at>` of a text. Searched in one pass, for texts of a megabyte and no closing tag must not hold up a process. */
export function firstAtTag(text: string): AtTag | undefined {
  const opening = /<at(?:\s[^<>]*)?>/.exec(text);
  if (opening === null) return undefined;
  const from = opening.index + opening[0].length;
  const to = text.indexOf('</at>', from);
  return to < 0 ? undefined : { tag: text.slice(opening.index, to + '</at>'.length), name: text.slice(from, to) };
}
