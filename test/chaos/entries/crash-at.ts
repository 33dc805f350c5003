import type { CrashPoint } from '../faults/crash-points.ts';

/** Counts a pass through the point; the process is gone, by SIGKILL, when it was the one to crash at. */
export type Pass = (point: CrashPoint) => void;

/** Reads `<point>:<nth>`. Throws where it is neither that nor absent. */
export function crashAt(text: string | undefined): Pass {
  if (text === undefined) return () => {};
  const [, wanted, nth] = /^([a-z0-9-]+):([1-9]\d*)$/.exec(text) ?? [];
  if (wanted === undefined) throw new RangeError(`CRASH_AT: must be <point>:<nth>, is ${JSON.stringify(text)}`);
  let left = Number(nth);
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
