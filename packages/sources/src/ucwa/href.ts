/** What an href of UCWA identifies, free of what changes from one delivery to the next. */
export interface ResourceAddress {
  /** Path segments, percent-decoded, without origin, query, fragment and the volatile `tgt-…` segment. */
  readonly segments: readonly string[];
  /** Query parameters by name, percent-decoded; the first of a repeated name counts. */
  readonly query: Readonly<Record<string, string>>;
}

// The hrefs are read by hand: they are relative, carry raw `@ ~ : ` and blanks, and one bad origin must not fail a whole document.
export function readHref(href: string): ResourceAddress {
  // Some senders escape the ampersand twice, which leaves the six characters \u0026 in the parsed text.
  const repaired = href.replaceAll(/\\u0026/gi, '&');
  const [withoutFragment = ''] = repaired.split('#', 1);
  const questionMark = withoutFragment.indexOf('?');
  const address = questionMark < 0 ? withoutFragment : withoutFragment.slice(0, questionMark);
  const path = address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  return {
    segments: path
      .split('/')
      .filter((segment) => segment !== '' && !/^tgt-/i.test(segment))
      .map((segment) => decodePercent(segment.trim())),
    query: questionMark < 0 ? {} : readQuery(withoutFragment.slice(questionMark + 1)),
  };
}

/**
 * Query parameters of a URL whose values may hold raw braces, quotes and plus signs: split first, decoded once,
 * a malformed escape kept as received. A plus sign is not a blank here, for contexts are often Base64.
 */
export function readQuery(query: string): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = Object.create(null);
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const name = decodePercent((equals < 0 ? part : part.slice(0, equals)).trim());
    if (name !== '' && !(name in parameters)) parameters[name] = equals < 0 ? '' : decodePercent(part.slice(equals + 1));
  }
  return parameters;
}

/** The segment after `name`, for example the id after "conversations". */
export function segmentAfter(address: ResourceAddress, name: string): string | undefined {
  const at = address.segments.findIndex((segment) => segment.toLowerCase() === name.toLowerCase());
  return at < 0 ? undefined : address.segments[at + 1];
}

/** Last segment of the path, which is the id of an item of a collection. */
export function lastSegment(address: ResourceAddress): string | undefined {
  return address.segments.at(-1);
}

/** A relation without the namespace in front of it, which varies between senders: `ms:rtc:saas:message`, `service:message`, `message`. */
export function bareRel(rel: string): string {
  return rel.slice(rel.lastIndexOf(':') + 1);
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
