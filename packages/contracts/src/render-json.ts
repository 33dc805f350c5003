import { parseJsonText } from './parse-json-text.ts';

/** A record to render, by member. */
export type Source = Readonly<Record<string, unknown>>;

/** JSON text of a part of a body, made from a record; undefined where the part is left out. */
export type Render = (record: Source) => string | undefined;

/** An object of these members in their order, without those that are left out. */
export function object(members: Readonly<Record<string, Render>>): (record: Source) => string {
  const labelled = Object.entries(members).map(([name, render]) => ({ label: `${JSON.stringify(name)}:`, render }));
  return (record) => {
    let text = '';
    for (const { label, render } of labelled) {
      const value = render(record);
      if (value !== undefined) text += text === '' ? label + value : `,${label}${value}`;
    }
    return `{${text}}`;
  };
}

/** An array of one item. */
export function listOf(render: (record: Source) => string): Render {
  return (record) => `[${render(record)}]`;
}

/** Always the same text. */
export function constant(value: string): Render {
  const text = JSON.stringify(value);
  return () => text;
}

/** The member as it is: null is rendered. */
export function member(name: string): Render {
  return (record) => json(record[name]);
}

/** The member, left out where it is null. */
export function present(name: string): Render {
  return (record) => {
    const value = record[name];
    return value === null ? undefined : json(value);
  };
}

/** The member, or an empty string where it is null. */
export function orEmpty(name: string): Render {
  return (record) => json(record[name] ?? '');
}

/** The JSON that a text member holds, in JSON.stringify's form; a text that is no JSON is a string. */
export function parsed(name: string): Render {
  return (record) => parsedJson(String(record[name]));
}

/** The same, left out where the member is null or holds null. A member that is no text is rendered as it is. */
export function parsedPresent(name: string): Render {
  const plain = present(name);
  return (record) => {
    const value = record[name];
    if (typeof value !== 'string') return plain(record);
    const text = parsedJson(value);
    return text === 'null' ? undefined : text;
  };
}

/** A record or a list of records within, left out where the member is null. */
export function within(name: string, render: (record: Source) => string): Render {
  return (record) => {
    const value = record[name];
    if (Array.isArray(value)) return `[${value.map((item) => render(item ?? {})).join()}]`;
    if (typeof value === 'object' && value !== null) return render(value as Source);
    return value === null ? undefined : json(value);
  };
}

/** Characters that JSON.stringify may write otherwise than as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON escapes
const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/;
/** Up to here a look at the characters costs less than a call of JSON.stringify. */
const SHORT_TEXT = 120;

/** What JSON.stringify gives. */
function json(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= SHORT_TEXT && !ESCAPED.test(value) ? `"${value}"` : JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null';
  return JSON.stringify(value);
}

function parsedJson(text: string): string {
  // What most records hold.
  if (text === '{}') return text;
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch {
    value = text;
  }
  // Not the text itself: it may differ from JSON.stringify's form in spaces, escapes and digits.
  return JSON.stringify(value);
}
