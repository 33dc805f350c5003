import type { RoutingTokens, Source } from '@switchboard/source-kit';
import type { AppLimits } from '../accept/admission.ts';
import type { Regions } from '../routing/routing.ts';

/** The content of SOURCES_FILE, valid as a whole. */
export interface SourcesConfig {
  readonly routingTokens: RoutingTokens;
  readonly regions: Regions;
  /** Entries by source id, then by app. Sources that share an entry each have their own reading of it. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  /** Limits of the apps that have some. */
  readonly limits: ReadonlyMap<string, AppLimits>;
  /** OpenID metadata URLs that the entries need, each once. */
  readonly keySetUrls: readonly string[];
}

const none: ReadonlyMap<string, unknown> = new Map();

export function entriesOf(config: SourcesConfig, source: Source): ReadonlyMap<string, unknown> {
  return config.entries.get(source.id) ?? none;
}
