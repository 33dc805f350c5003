/** What the runtime has of JSON.parse source text access; its types are not part of the compiler's library yet. */
interface SourceTextJson {
  parse(text: string, revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}

const json = JSON as unknown as SourceTextJson;

const WHOLE_NUMBER = /^-?[0-9]{16,}$/;

/** JSON.parse; a whole number that no `number` can hold becomes raw JSON, which goes out again with its digits. Slow: it looks at each member. */
export function parseKeepingDigits(text: string): unknown {
  return json.parse(text, (_name, value, { source = '' }) =>
    typeof value === 'number' && WHOLE_NUMBER.test(source) && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/** Whether a value is a whole number that no `number` can hold. */
export function isLargeNumber(value: object): boolean {
  // Raw JSON has no prototype. Asked for each member that is read, and the question to the runtime is the slow half.
  return Object.getPrototypeOf(value) === null && json.isRawJSON(value);
}
