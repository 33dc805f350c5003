const MAX_NAME_CHARACTERS = 128;
const MAX_VALUE_CHARACTERS = 120;

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max - 3)}...` : text;
}

/** Path of a member inside another. A name that is not a plain word is quoted, and cut to 128 characters. */
export function memberPath(parent: string, name: string | number): string {
  if (typeof name === 'number') return `${parent}[${name}]`;
  // Cut before the test and the quotes too: the name may be as long as the document.
  const start = name.slice(0, MAX_NAME_CHARACTERS + 1);
  const isWord = /^[A-Za-z_]\w*$/.test(start);
  const text = cut(isWord ? start : JSON.stringify(start), MAX_NAME_CHARACTERS);
  if (!isWord) return `${parent}[${text}]`;
  return parent === '' ? text : `${parent}.${text}`;
}

/** Path of the member that a JSON pointer leads to in `value`, below the path `base`. */
export function memberPathOf(base: string, pointer: string, value: unknown): string {
  let path = base;
  let inner = value;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path = memberPath(path, Array.isArray(inner) ? Number(name) : name);
    inner = (inner as Readonly<Record<string, unknown>> | undefined)?.[name];
  }
  return path;
}

/** A value as a message shows it: on one line, cut to 120 characters. Objects and arrays are shown by their type only. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const start = typeof value === 'string' ? value.slice(0, MAX_VALUE_CHARACTERS + 1) : value;
  return cut(JSON.stringify(start) ?? String(start), MAX_VALUE_CHARACTERS);
}
