export type Labels = Readonly<Record<string, string>>;

interface Branch<Series> {
  readonly branches: Map<string, Branch<Series>>;
  series: Series | undefined;
}

export interface SeriesOptions<Series> {
  /** Label names, in the order of the values that `create` gets. */
  readonly names: readonly string[];
  /** Most label combinations kept; all further ones share the series whose values are all "other". */
  readonly maxSeries: number;
  readonly create: (labels: Labels) => Series;
}

/**
 * Finds the series of a label combination and makes it when it is new. A map for each label, below each value of the label
 * before it: a lookup allocates nothing and hashes no text, as the values are constants or were seen before.
 */
export function createSeriesLookup<Series>({ names, maxSeries, create }: SeriesOptions<Series>): (labels?: Labels) => Series {
  const root: Branch<Series> = { branches: new Map(), series: undefined };
  const others: Labels = Object.fromEntries(names.map((name) => [name, 'other']));
  let count = 0;

  function branchOf(labels: Labels | undefined): Branch<Series> {
    let at = root;
    for (const name of names) {
      const value = labels?.[name] ?? '';
      let next = at.branches.get(value);
      if (next === undefined) {
        next = { branches: new Map(), series: undefined };
        at.branches.set(value, next);
      }
      at = next;
    }
    return at;
  }

  function seriesAt(labels: Labels): Series {
    const branch = branchOf(labels);
    branch.series ??= create(labels);
    return branch.series;
  }

  function find(labels: Labels | undefined): Series | undefined {
    let at: Branch<Series> | undefined = root;
    for (const name of names) {
      at = at.branches.get(labels?.[name] ?? '');
      if (at === undefined) return undefined;
    }
    return at.series;
  }

  return (labels) => {
    const known = find(labels);
    if (known !== undefined) return known;
    if (count >= maxSeries) return seriesAt(others);
    count += 1;
    return seriesAt(Object.fromEntries(names.map((name) => [name, labels?.[name] ?? ''])));
  };
}
