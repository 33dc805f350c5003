import { accessSync, constants, readFileSync } from 'node:fs';
import type { Logger } from '../logger.ts';
import { readValue } from './read-value.ts';
import { shownText, shownValue } from './shown-text.ts';
import type { ConfigOf, Variable, Variables } from './variable.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Either the whole configuration, or every problem at once, each naming variable, rule and value unless secret. */
export type ConfigOutcome<Config> =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface ConfigDefinition<V extends Variables> {
  readonly variables: V;
  /** Reads the environment. An empty text counts as not set. The configuration is frozen. */
  read(environment: Environment, files?: ConfigFiles): ConfigOutcome<ConfigOf<V>>;
  /** The configuration by variable name for one log line at the start: of secrets only whether they are set. */
  summary(config: ConfigOf<V>): Readonly<Record<string, unknown>>;
  /** What is dangerous in the configuration, for the log at the start. */
  warnings(config: ConfigOf<V>): readonly ConfigWarning[];
}

export interface ConfigFiles {
  isReadable(path: string): boolean;
  readText(path: string): string;
}

const localFiles: ConfigFiles = {
  isReadable(path) {
    try {
      accessSync(path, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  },
  readText: (path) => readFileSync(path, 'utf8'),
};

/** Text of a variable: set directly, or for a secret by the file that `<NAME>_FILE` names. */
function textOf(
  variable: Variable,
  environment: Environment,
  files: ConfigFiles,
): { readonly text: string | undefined } | { readonly problem: string } {
  const direct = environment[variable.name] || undefined;
  if (variable.type !== 'secret') return { text: direct };
  const fileName = `${variable.name}_FILE`;
  const path = environment[fileName] || undefined;
  if (path === undefined) return { text: direct };
  if (direct !== undefined) return { problem: `${variable.name}: only one of ${variable.name} and ${fileName} may be set` };
  try {
    return { text: files.readText(path).replace(/\r?\n$/, '') || undefined };
  } catch {
    return { problem: `${fileName}: must name a readable file, is ${JSON.stringify(path)}` };
  }
}

function readVariable(
  variable: Variable,
  environment: Environment,
  files: ConfigFiles,
): { readonly value: unknown } | { readonly problem: string } {
  const found = textOf(variable, environment, files);
  if ('problem' in found) return found;
  if (found.text === undefined) {
    if (variable.default !== undefined) return { value: variable.default };
    return variable.optional ? { value: undefined } : { problem: `${variable.name}: must be set` };
  }
  const outcome = readValue(found.text, variable, files.isReadable);
  if (outcome.ok) return { value: outcome.value };
  const shown = shownText(variable, found.text);
  return { problem: `${variable.name}: ${outcome.rule}${shown === undefined ? '' : `, is ${JSON.stringify(shown)}`}` };
}

/** A rule over several variables; its problems name them. It runs when every variable by itself is valid. */
export type ConfigRule<Config> = (config: Config) => readonly string[];

/** What is allowed in a configuration, but dangerous. */
export type ConfigWarningCode =
  /** KAFKA_SASL_MECHANISM is plain, without TLS, and a broker is not on this machine. */
  | 'ERR_CONFIG_SASL_PLAIN_WITHOUT_TLS'
  /** SCHEMA_REGISTRY_AUTH is set, SCHEMA_REGISTRY_URL is http and not on this machine. */
  | 'ERR_CONFIG_REGISTRY_PASSWORD_OVER_HTTP'
  /** TRUSTED_PROXIES holds every IPv4 or every IPv6 address, so that any sender chooses its peer address. */
  | 'ERR_CONFIG_TRUSTED_PROXIES_EVERY_ADDRESS';

/** One line for the log at the start of a process; no secret is in it. */
export interface ConfigWarning {
  readonly code: ConfigWarningCode;
  /** The risk and the remedy. */
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Logs each warning as one line. Call it once, when the logger exists. */
export function logWarnings(warnings: readonly ConfigWarning[], logger: Pick<Logger, 'warn'>): void {
  for (const { code, message, fields } of warnings) logger.warn({ code, ...fields }, message);
}

/** Declares the variables of a process as data: the reader, the summary and the table of variables come from it. */
export function defineConfig<const V extends Variables>(
  variables: V,
  rules: readonly ConfigRule<ConfigOf<V>>[] = [],
  warningRules: readonly ((config: ConfigOf<V>) => readonly ConfigWarning[])[] = [],
): ConfigDefinition<V> {
  return {
    variables,
    read(environment, files = localFiles) {
      const config: Record<string, unknown> = {};
      const problems: string[] = [];
      for (const [key, variable] of Object.entries(variables)) {
        const outcome = readVariable(variable, environment, files);
        if ('problem' in outcome) problems.push(outcome.problem);
        else config[key] = outcome.value;
      }
      if (problems.length > 0) return { ok: false, problems };
      const complete = Object.freeze(config) as ConfigOf<V>;
      const broken = rules.flatMap((rule) => rule(complete));
      return broken.length > 0 ? { ok: false, problems: broken } : { ok: true, config: complete };
    },
    summary(config) {
      const shown = Object.entries(variables).map(([key, variable]) => {
        const value: unknown = config[key];
        return [variable.name, shownValue(variable, value)];
      });
      return Object.fromEntries(shown);
    },
    warnings: (config) => warningRules.flatMap((rule) => rule(config)),
  };
}
