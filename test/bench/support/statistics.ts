/** The value below which the share of all values lies, by the nearest rank. NaN of no values. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: Iterable<number>): number {
  return percentile(values, 0.5);
}

/** Largest distance from the median, as a share of it: how far rounds of the same thing lay apart. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return values.reduce((most, value) => Math.max(most, Math.abs(value - middle) / middle), 0);
}
