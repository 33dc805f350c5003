/** What the runtime has of JSON.parse source text access; its types are not part of the compiler's library yet. */
interface SourceTextJson {
  parse(text: string, revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}

const json = JSON as unknown as SourceTextJson;

// Few texts have so many digits in a row, and the others need no look at each member.
const LONG_DIGITS = /[0-9]{16}/;
const WHOLE_NUMBER = /^-?[0-9]{16,}$/;

/** JSON.parse; a whole number that no `number` can hold becomes raw JSON, which goes out again with its digits. */
export function parseKeepingDigits(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  return json.parse(text, (_name, value, { source = '' }) =>
    typeof value === 'number' && WHOLE_NUMBER.test(source) && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/** Whether a value is a whole number that no `number` can hold. */
export function isLargeNumber(value: object): boolean {
  return json.isRawJSON(value);
}
