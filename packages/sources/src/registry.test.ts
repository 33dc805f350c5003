import { describe, expect, it } from 'vitest';
import { sourceById, sources } from './index.ts';

describe('the registry of sources', () => {
  it('knows each protocol by its id, once', () => {
    const ids = sources.map((source) => source.id);
    expect(ids.toSorted()).toEqual(['bot-framework', 'graph-calling', 'legacy-calling', 'outgoing-webhook', 'ucwa']);
    for (const source of sources) expect(sourceById(source.id)).toBe(source);
    expect(sourceById('carrier-pigeon')).toBeUndefined();
  });

  it('gives sources that share a route one entry, so that the token proves the same for both', () => {
    const entries = new Map<string, string>();
    for (const { routes, entryName } of sources) {
      for (const { method, path } of routes) {
        const route = `${method} ${path}`;
        expect(entries.get(route) ?? entryName).toBe(entryName);
        entries.set(route, entryName);
      }
    }
  });
});
