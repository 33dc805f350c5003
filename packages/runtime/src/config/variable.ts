interface VariableBase {
  /** Name of the environment variable. */
  readonly name: string;
  /** One sentence for the table of variables. */
  readonly doc: string;
  /** Without a default a variable must be set, unless it is optional: then its value is undefined. */
  readonly optional?: true;
}

interface TextVariable extends VariableBase {
  readonly type: 'string';
  readonly default?: string;
  readonly pattern?: RegExp;
}

interface NumberVariable extends VariableBase {
  /** `duration` is a whole number of milliseconds; `10s`, `2min` and `1h` are read too. */
  readonly type: 'int' | 'duration';
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
  /** Of a duration: the word `unlimited` is read as -1. */
  readonly unlimited?: true;
}

interface BooleanVariable extends VariableBase {
  readonly type: 'boolean';
  readonly default?: boolean;
}

interface ListVariable extends VariableBase {
  /** Comma-separated; blanks around items and empty items are dropped. An empty list counts as not set. */
  readonly type: 'list';
  readonly default?: readonly string[];
  /** Rule for every item. */
  readonly pattern?: RegExp;
}

interface UrlVariable extends VariableBase {
  /** Absolute URL; its text, without a trailing slash, is the value. */
  readonly type: 'url';
  readonly default?: string;
  /** Allowed protocols, with the colon. Default http: and https:. */
  readonly protocols?: readonly string[];
  /** Variable that takes user name and password, which a URL must not hold. */
  readonly credentials?: string;
}

interface FileVariable extends VariableBase {
  /** Path of a file that must be readable; the path is the value. */
  readonly type: 'file';
  readonly default?: string;
}

interface EnumVariable extends VariableBase {
  readonly type: 'enum';
  readonly values: readonly string[];
  readonly default?: string;
}

interface SecretVariable extends VariableBase {
  /** Text that is never shown. `<NAME>_FILE` may name a file that holds it instead; one trailing newline is dropped. */
  readonly type: 'secret';
  readonly default?: never;
  readonly pattern?: RegExp;
  /** Reads the text to the value that the process uses. Without it the text is the value. */
  readonly parse?: (text: string) => ParsedText<unknown>;
}

/** What a text is read to, or the rule that it breaks: a phrase such as `must be 32 bytes`, without the text. */
export type ParsedText<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly rule: string };

/** One environment variable, declared as data. */
export type Variable =
  | TextVariable
  | NumberVariable
  | BooleanVariable
  | ListVariable
  | UrlVariable
  | FileVariable
  | EnumVariable
  | SecretVariable;

/** Variables by the name that the process knows them by. */
export type Variables = Readonly<Record<string, Variable>>;

type Present<V extends Variable> = V extends { type: 'int' | 'duration' }
  ? number
  : V extends { type: 'boolean' }
    ? boolean
    : V extends { type: 'list' }
      ? readonly string[]
      : V extends { type: 'enum'; values: readonly (infer Value)[] }
        ? Value
        : V extends { parse: (text: string) => ParsedText<infer Value> }
          ? Value
          : string;

/** The value a variable is read to. */
type ValueOf<V extends Variable> = V extends { optional: true } ? Present<V> | undefined : Present<V>;

/** The configuration that a set of variables is read to. */
export type ConfigOf<V extends Variables> = { readonly [Key in keyof V]: ValueOf<V[Key]> };
