import type { Route, Source } from '@switchboard/source-kit';

/** A route and the sources that share it, in the order of the registry. */
export interface RouteGroup extends Route {
  readonly sources: readonly Source[];
}

export function groupRoutes(sources: readonly Source[]): readonly RouteGroup[] {
  const groups = new Map<string, { readonly route: Route; readonly sources: Source[] }>();
  for (const source of sources) {
    for (const route of source.routes) {
      const key = `${route.method} ${route.path}`;
      const group = groups.get(key) ?? { route, sources: [] };
      group.sources.push(source);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => ({ ...group.route, sources: group.sources }));
}
