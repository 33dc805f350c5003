import fc from 'fast-check';

const names = fc.constantFrom('a', 'b', '\u0000', '__proto__', '1', '\ud800', 'é', '"', '\\', ':', '{');
const numbers = fc.constantFrom(
  '0',
  '-0',
  '1.0',
  '1e400',
  '9007199254740992',
  '9007199254740993',
  '-12345678901234567890',
  '0.12345678901234567',
  '1234567890123456e3',
  '123456789012345',
  '01',
  '+1',
  '1.',
  'NaN',
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('1234567890123456', '{"a":1,"a":2}', ':::', '[[[', '🚀'),
);

/** A text in JSON, some of its characters written as escapes. */
function written(text: string, escaped: boolean): string {
  if (!escaped) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`);
  return `"${units.join('')}"`;
}

const blanks = fc.constantFrom('', '', ' ', '\n', '\t\r ');

const { value } = fc.letrec<{ readonly value: string; readonly list: string; readonly object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    numbers,
    fc.constantFrom('true', 'false', 'null'),
    fc.tuple(texts, fc.boolean()).map(([text, escaped]) => written(text, escaped)),
    tie('list'),
    tie('object'),
  ),
  list: fc.tuple(fc.array(tie('value'), { maxLength: 4 }), blanks).map(([items, blank]) => `[${blank}${items.join(`,${blank}`)}]`),
  object: fc.tuple(fc.array(fc.tuple(names, fc.boolean(), blanks, tie('value')), { maxLength: 4 }), blanks).map(([members, blank]) => {
    const all = members.map(([name, escaped, space, member]) => `${written(name, escaped)}${space}:${space}${member}`);
    return `{${blank}${all.join(`,${blank}`)}}`;
  }),
}));

/** One byte put into a text, or one taken out. */
const damaged = fc.tuple(value, fc.nat(), fc.option(fc.nat({ max: 255 }))).map(([text, at, byte]) => {
  const bytes = [...Buffer.from(text)];
  bytes.splice(at % (bytes.length + 1), byte === null ? 1 : 0, ...(byte === null ? [] : [byte]));
  return Buffer.from(bytes);
});

/** A text inside 60 to 70 brackets, the last of which may be missing. */
const nested = fc.tuple(value, fc.integer({ min: 60, max: 70 }), fc.boolean(), fc.boolean()).map(([text, depth, objects, whole]) => {
  const [open, close] = objects ? ['{"a":', '}'] : ['[', ']'];
  return Buffer.from(open.repeat(depth) + text + close.repeat(whole ? depth : depth - 1));
});

/**
 * Bytes that are JSON or nearly so: members named twice, also by an escape; lone surrogates; numbers of every form; blanks;
 * brackets, colons and digits in texts; a byte order mark; 60 to 70 levels; a byte too many or too few; bytes of any kind.
 */
export const jsonBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: value.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: damaged },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: value.map((text) => Buffer.from(`\ufeff${text}`)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', ' ', 'é') })
      .map((text) => Buffer.from(text)),
  },
);
