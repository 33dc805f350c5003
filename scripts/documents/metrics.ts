/** A metric as a service declares it. */
export interface DeclaredMetric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const DECLARATION =
  /\.(counter|gauge|histogram)\(\{\s*name: '(\w+)',\s*help: (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")(?:,\s*buckets: \[[^\]]*\])?(?:,\s*labels: \[([^\]]*)\])?/g;

/** Metrics that a source file declares. Throws where one is declared in another way, for it would be left out. */
export function metricsOf(source: string): readonly DeclaredMetric[] {
  const declared = [...source.matchAll(DECLARATION)];
  const calls = [...source.matchAll(/\.(?:counter|gauge|histogram)\(\{/g)].length;
  if (calls > declared.length) throw new Error(`${calls - declared.length} of ${calls} metrics do not begin with name and help as texts`);
  return declared.map(([, kind = '', name = '', single, double, labels = '']) => ({
    name,
    kind,
    labels: [...labels.matchAll(/'(\w+)'/g)].map(([, label = '']) => label),
    help: single ?? double ?? '',
  }));
}
