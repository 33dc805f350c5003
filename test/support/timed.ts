const TICK_MS = 50;

/** What it comes to and how long it took, less the longest time for which this process stood still: then the machine stalled for all. */
export async function timed<Result>(act: () => Promise<Result>): Promise<{ readonly result: Result; readonly tookMs: number }> {
  const started = performance.now();
  let looked = started;
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - looked);
    looked = now;
  };
  const ticker = setInterval(look, TICK_MS);
  const result = await act().finally(() => clearInterval(ticker));
  // What comes right behind a stall may be seen before the ticker is.
  look();
  return { result, tookMs: looked - started - longest };
}
