import type { InboundHead, Source } from '@switchboard/source-kit';
import { entriesOf, type SourcesConfig } from '../sources-file/sources-config.ts';

/** A source of the route and its entry for the app. */
export interface Candidate {
  readonly source: Source;
  readonly entry: unknown;
}

export interface Identified {
  readonly app: string;
  readonly candidates: readonly [Candidate, ...Candidate[]];
}

/** What the request addresses: the app in the path, or the one that the source finds, and the sources that the app has. */
export function identify(sources: readonly Source[], head: InboundHead, config: SourcesConfig): Identified | undefined {
  const named = head.pathParameters.app;
  let app = named;
  const candidates: Candidate[] = [];
  for (const source of sources) {
    const entries = entriesOf(config, source);
    app ??= source.findApp?.(head, entries);
    if (app === undefined) continue;
    const entry = entries.get(app);
    if (entry !== undefined) candidates.push({ source, entry });
  }
  return app !== undefined && isFilled(candidates) ? { app, candidates } : undefined;
}

function isFilled(candidates: readonly Candidate[]): candidates is readonly [Candidate, ...Candidate[]] {
  return candidates.length > 0;
}
