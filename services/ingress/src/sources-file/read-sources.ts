import { createRoutingTokens, entryKeywords, type SecretResolver, type Source, secretText } from '@switchboard/source-kit';
import { createValidator, memberPath, messageOf } from '@switchboard/validation';
import { LineCounter, parseDocument } from 'yaml';
import type { AppLimits } from '../accept/admission.ts';
import type { Regions } from '../routing/routing.ts';
import { resolveSecret, type SecretSources } from './resolve-secret.ts';
import type { SourcesConfig } from './sources-config.ts';
import { type SourcesFile, sourcesSchema } from './sources-schema.ts';

export type SourcesOutcome =
  | { readonly ok: true; readonly config: SourcesConfig }
  | {
      readonly ok: false;
      /** The first 20, each a sentence: member, rule, and the value unless secret. */
      readonly problems: readonly string[];
      /** Number of all problems. */
      readonly problemCount: number;
    };

function refused(problems: readonly string[], problemCount = problems.length): SourcesOutcome {
  return { ok: false, problems: problems.slice(0, 20), problemCount };
}

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
    return { problems: ['aliases must expand to at most 100 values (got more)'] };
  }
}

/** Reads the text of SOURCES_FILE as a whole: every problem at once. */
export function sourcesReader(sources: readonly Source[], secrets: SecretSources): (text: string) => SourcesOutcome {
  const validator = createValidator(sourcesSchema(sources), { keywords: entryKeywords });
  return (text) => {
    const parsed = parseYaml(text);
    if ('problems' in parsed) return refused(parsed.problems);
    const secret = resolvedOnce(secrets);
    const checked = validator.check(parsed.value, { context: { secret } });
    if (!checked.ok) {
      const problems = checked.problems.map((problem) => messageOf(problem, 'the file'));
      return refused(problems, checked.problemCount);
    }
    const { routingTokenKeys, regions, apps } = checked.value;
    const read = readApps(apps, sources, secret);
    if (read.collisions.length > 0) return refused(read.collisions);
    const routingTokens = createRoutingTokens(routingTokenKeys.map((key) => secretText(key, { secret })));
    const { entries, limits, keySetUrls } = read;
    return { ok: true, config: { routingTokens, regions: readRegions(regions), entries, limits, keySetUrls } };
  };
}

/** Each reference is resolved once for a text, so that the secret that was validated is the one in use. */
function resolvedOnce(secrets: SecretSources): SecretResolver {
  const resolved = new Map<unknown, ReturnType<SecretResolver>>();
  return (reference) => {
    const known = resolved.get(reference) ?? resolveSecret(reference, secrets);
    resolved.set(reference, known);
    return known;
  };
}

/** Without regions there is one region, and no address to redirect to. */
function readRegions({ self, table = {} }: NonNullable<SourcesFile['regions']> = { self: 'default' }): Regions {
  const urls = Object.entries(table).map(([name, url]) => [name, new URL(url).href.replace(/\/+$/, '')] as const);
  // Names come from senders: a look-up must find no inherited member.
  return { self, table: Object.assign(Object.create(null), Object.fromEntries(urls)) };
}

interface ReadApps extends Pick<SourcesConfig, 'entries' | 'limits' | 'keySetUrls'> {
  /** Values of `lookupValues` that lead to two apps. */
  readonly collisions: readonly string[];
}

function readApps(apps: SourcesFile['apps'], sources: readonly Source[], secret: SecretResolver): ReadApps {
  const entries = new Map(sources.map((source) => [source.id, new Map<string, unknown>()]));
  const limits = new Map<string, AppLimits>();
  const keySetUrls = new Set<string>();
  const collisions: string[] = [];
  /** The app that a value of `lookupValues` leads to, by source and value. */
  const owners = new Map<string, string>();
  for (const [app, config] of Object.entries(apps)) {
    if (config.limits !== undefined) {
      limits.set(app, { requestsPerSecond: config.limits.requests_per_second, bytesInFlight: config.limits.bytes_in_flight });
    }
    for (const source of sources) {
      if (!Object.hasOwn(config, source.entryName)) continue;
      const entry = source.toEntry(config[source.entryName], { app, secret });
      entries.get(source.id)?.set(app, entry);
      for (const url of source.keySetUrls(entry)) keySetUrls.add(url);
      for (const lookup of new Set(source.lookupValues?.(entry))) {
        const owner = owners.get(`${source.id} ${lookup}`) ?? app;
        owners.set(`${source.id} ${lookup}`, owner);
        if (owner === app) continue;
        const [member, first] = [memberPath(memberPath('apps', app), source.entryName), memberPath('apps', owner)];
        collisions.push(`${member}: ${JSON.stringify(lookup)} already leads to ${first}; it must lead to one app`);
      }
    }
  }
  return { entries, limits, keySetUrls: [...keySetUrls], collisions };
}
