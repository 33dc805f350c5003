import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percent, type Table } from './table.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ROWS = 20;

/** Where the time went, by function and by package, of the profiles in a directory: the time of a function's own lines only. */
export async function summarizeProfiles(directory: string): Promise<readonly Table[]> {
  const byFunction = new Map<string, number>();
  const byPlace = new Map<string, number>();
  let total = 0;
  for (const file of await readdir(directory)) {
    if (!file.endsWith('.cpuprofile')) continue;
    const profile = JSON.parse(await readFile(join(directory, file), 'utf8')) as CpuProfile;
    const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
    for (const [index, sample] of profile.samples.entries()) {
      const frame = nodes.get(sample);
      if (frame === undefined || frame.functionName === '(idle)') continue;
      const time = profile.timeDeltas[index] ?? 0;
      const place = placeOf(frame.url);
      const name =
        frame.url === '' ? frame.functionName : `${frame.functionName || '(anonymous)'} ${fileOf(frame.url)}:${frame.lineNumber + 1}`;
      total += time;
      byFunction.set(name, (byFunction.get(name) ?? 0) + time);
      byPlace.set(place, (byPlace.get(place) ?? 0) + time);
    }
  }
  return [table('package', byPlace, total), table('function', byFunction, total)];
}

function table(what: string, times: ReadonlyMap<string, number>, total: number): Table {
  const largest = [...times].sort(([, a], [, b]) => b - a).slice(0, ROWS);
  return { columns: [what, 'share of busy time'], rows: largest.map(([name, time]) => [name, percent(time / total)]) };
}

function fileOf(url: string): string {
  return url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)).replace(/^node_modules\//, '') : url;
}

function placeOf(url: string): string {
  if (url === '') return 'V8 and system calls';
  const file = fileOf(url);
  if (file.startsWith('node:')) return 'node';
  return /^(?:packages|services|test)\/[^/]+/.exec(file)?.[0] ?? /^(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file;
}
