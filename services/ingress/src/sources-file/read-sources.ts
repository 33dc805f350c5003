import { createRoutingTokens, routingTokenKeyProblem, type Source } from '@switchboard/source-kit';
import { LineCounter, parseDocument } from 'yaml';
import type { AppLimits } from '../accept/admission.ts';
import { readLimits } from './read-limits.ts';
import { gotKind, isObject, type Problems, readRegions } from './read-regions.ts';
import { resolveSecret, type SecretSources } from './resolve-secret.ts';
import type { SourcesConfig } from './sources-config.ts';

export type SourcesOutcome =
  | { readonly ok: true; readonly config: SourcesConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

const APP_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Member of an app beside its sources. */
const LIMITS = 'limits';

function parseYaml(text: string): { readonly value: unknown } | { readonly problems: readonly string[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => {
        const { line, col } = lineCounter.linePos(error.pos[0]);
        return `line ${line}, column ${col}: ${error.code}`;
      }),
    };
  }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    return { problems: ['aliases: must expand to at most 100 values (got more)'] };
  }
}

function readRoutingKeys(value: unknown, secrets: SecretSources, problem: Problems): string[] {
  if (!Array.isArray(value) || value.length === 0) {
    problem(`routingTokenKeys: must be a list of at least one {env: NAME} or {file: PATH} ${gotKind(value)}`);
    return [];
  }
  return value.flatMap((reference: unknown, index) => {
    const secret = resolveSecret(reference, secrets);
    const broken = secret.ok ? routingTokenKeyProblem(secret.value) : secret.problem;
    if (broken !== undefined) problem(`routingTokenKeys[${index}]: ${broken}`);
    return secret.ok && broken === undefined ? [secret.value] : [];
  });
}

interface ReadApps {
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  readonly limits: ReadonlyMap<string, AppLimits>;
  readonly keySetUrls: readonly string[];
}

function readApps(value: unknown, sources: readonly Source[], secrets: SecretSources, problem: Problems): ReadApps {
  const entries = new Map(sources.map((source) => [source.id, new Map<string, unknown>()]));
  const keySetUrls = new Set<string>();
  const limits = new Map<string, AppLimits>();
  const known = [...new Set(sources.map((source) => source.entryName))];
  /** The app that a value of `lookupValues` leads to, by source and value. */
  const apps = new Map<string, string>();
  if (!isObject(value)) problem(`apps: must be an object of app name to sources ${gotKind(value)}`);
  else {
    for (const [app, members] of Object.entries(value)) {
      if (!APP_NAME.test(app)) problem(`apps.${app}: must be named by at most 128 letters, digits, dots, underscores and hyphens`);
      else if (!isObject(members)) problem(`apps.${app}: must be an object of source to entry ${gotKind(members)}`);
      else readApp(app, members);
    }
  }
  return { entries, limits, keySetUrls: [...keySetUrls] };

  function readApp(app: string, members: Readonly<Record<string, unknown>>): void {
    // Sources that share an entry find the same problems in it.
    const found = new Set<string>();
    for (const name of Object.keys(members)) {
      if (name === LIMITS)
        limits.set(
          app,
          readLimits(members[name], (text) => void found.add(`apps.${app}.${text}`)),
        );
      else if (!known.includes(name)) found.add(`apps.${app}.${name}: is not a known source (${known.join(', ')}) and not ${LIMITS}`);
    }
    for (const source of sources) {
      if (!Object.hasOwn(members, source.entryName)) continue;
      const context = { app, secret: (reference: unknown) => resolveSecret(reference, secrets) };
      const outcome = source.readEntry(members[source.entryName], context);
      if (outcome.ok) {
        entries.get(source.id)?.set(app, outcome.entry);
        for (const url of source.keySetUrls(outcome.entry)) keySetUrls.add(url);
        for (const lookup of new Set(source.lookupValues?.(outcome.entry))) {
          const first = apps.get(`${source.id} ${lookup}`) ?? app;
          apps.set(`${source.id} ${lookup}`, first);
          if (first === app) continue;
          found.add(`apps.${app}.${source.entryName}: ${JSON.stringify(lookup)} already leads to apps.${first}; it must lead to one app`);
        }
      } else for (const text of outcome.problems) found.add(`apps.${app}.${source.entryName}: ${text}`);
    }
    for (const text of found) problem(text);
  }
}

/** Reads SOURCES_FILE as a whole: every problem at once, each naming member and rule, and the value unless secret. */
export function readSources(text: string, sources: readonly Source[], secrets: SecretSources): SourcesOutcome {
  const parsed = parseYaml(text);
  if ('problems' in parsed) return { ok: false, problems: parsed.problems };
  if (!isObject(parsed.value)) {
    return { ok: false, problems: [`must be an object with the members routingTokenKeys, regions and apps ${gotKind(parsed.value)}`] };
  }
  const problems: string[] = [];
  const problem: Problems = (found) => {
    problems.push(found);
  };
  const { routingTokenKeys, regions, apps, ...others } = parsed.value;
  for (const name of Object.keys(others)) problem(`${name}: is not a known member (routingTokenKeys, regions, apps)`);
  const routingKeys = readRoutingKeys(routingTokenKeys, secrets, problem);
  const readRegion = readRegions(regions, problem);
  const readEntries = readApps(apps, sources, secrets, problem);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, config: { routingTokens: createRoutingTokens(routingKeys), regions: readRegion, ...readEntries } };
}
