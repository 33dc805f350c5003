import { type HttpsUrlRule, httpsUrlProblem, shownUrl } from './https-url.ts';

/** How a value breaks the rule of a keyword. */
export interface Broken {
  /** End of a sentence that begins with the member: `must not be a reserved name`. */
  readonly rule: string;
  /** The value as a message may show it. Default: the value itself, unless it is an array, an object or `secret`. */
  readonly value?: string | undefined;
  /** Where below the value the member is that breaks the rule; default the value itself. */
  readonly at?: readonly (string | number)[];
}

/** A keyword for what JSON Schema cannot say. Its message is beside its rule. */
export interface Keyword<Parameter = unknown, Value = unknown, Context = unknown> {
  /** JSON type of the values that it judges; default all. */
  readonly type?: 'string' | 'array' | 'object';
  /** Pure. `parameter` is what the schema has under the keyword, `context` what `check` was called with. Undefined if the value fits. */
  broken(parameter: Parameter, value: Value, context: Context): Broken | undefined;
}

export type Keywords = Readonly<Record<string, Keyword>>;

/** An absolute https URL without user information. Messages show no query: it may hold a key. */
const httpsUrl: Keyword<HttpsUrlRule, string> = {
  type: 'string',
  broken: (rule, text) => {
    const broken = httpsUrlProblem(text, rule);
    return broken === undefined ? undefined : { rule: broken, value: shownUrl(text) };
  },
};

/** Objects of a list have different texts in the member named, in any letter case. */
const uniqueIgnoringCase: Keyword<string, readonly unknown[]> = {
  type: 'array',
  broken: (member, items) => {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      const text = (item as Readonly<Record<string, unknown>> | null)?.[member];
      if (typeof text !== 'string') continue;
      const lower = text.toLowerCase();
      if (seen.has(lower)) return { at: [index, member], rule: 'must not be named a second time' };
      seen.add(lower);
    }
    return undefined;
  },
};

/** A value of any kind, nested no deeper than this. */
const maxDepth: Keyword<number> = {
  broken: (depth, value) => (isDeeper(value, depth) ? { rule: `must be nested at most ${depth} levels deep` } : undefined),
};

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/** The keywords that every validator knows. */
export const commonKeywords: Keywords = { httpsUrl, uniqueIgnoringCase, maxDepth };
