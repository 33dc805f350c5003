import type { SourceSize } from './measure.ts';

export interface FileSize extends SourceSize {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string;
}

export interface SizeLimits {
  readonly functionLines: number;
  readonly fileLines: number;
  readonly testFileLines: number;
  /** Of the files that are not test code. */
  readonly medianFileLines: number;
  /** Files, or functions as `<path> <name>`, that are known to be too long. */
  readonly exceptions: readonly string[];
  /** Ceilings of the code lines by folder, test code apart. */
  readonly codeLines: Readonly<Record<string, number>>;
}

export interface SizeReport {
  /** What fails the check. */
  readonly problems: readonly string[];
  /** What is too long and allowed to be, for now. */
  readonly excepted: readonly string[];
}

interface TooLong {
  /** As exceptions name it. */
  readonly name: string;
  readonly text: string;
}

/** Judges the sizes of all files. */
export function checkSizes(files: readonly FileSize[], limits: SizeLimits): SizeReport {
  const tooLong = files.flatMap((file) => [...longFile(file, limits), ...longFunctions(file, limits)]);
  const names = new Set(tooLong.map(({ name }) => name));
  const isExcepted = ({ name }: TooLong): boolean => limits.exceptions.includes(name);
  return {
    problems: [
      ...tooLong.filter((each) => !isExcepted(each)).map(({ text }) => text),
      ...limits.exceptions.filter((name) => !names.has(name)).map((name) => `${name} is not too long: it is no exception any more`),
      ...longMedian(files, limits),
      ...grownFolders(files, limits),
    ],
    excepted: tooLong.filter(isExcepted).map(({ text }) => text),
  };
}

/** Code lines by folder: `packages/<name>`, `services/<name>` or `scripts`. Test code does not count. */
export function codeLinesByFolder(files: readonly FileSize[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { path, codeLines } of files) {
    if (isTestCode(path)) continue;
    const folder = /^(?:packages|services)\/[^/]+/.exec(path)?.[0] ?? path.slice(0, path.indexOf('/'));
    sums.set(folder, (sums.get(folder) ?? 0) + codeLines);
  }
  return Object.fromEntries([...sums].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isTestCode(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.test.ts') || path.includes('/testing/');
}

function longFile({ path, lines }: FileSize, { fileLines, testFileLines }: SizeLimits): readonly TooLong[] {
  const most = isTestCode(path) ? testFileLines : fileLines;
  return lines > most ? [{ name: path, text: `${path} has ${lines} lines; at most ${most}` }] : [];
}

function longFunctions({ path, functions }: FileSize, { functionLines }: SizeLimits): readonly TooLong[] {
  return functions
    .filter(({ lines }) => lines > functionLines)
    .map(({ name, line, lines }) => ({
      name: `${path} ${name}`,
      text: `${path}:${line} ${name} has ${lines} lines; at most ${functionLines}`,
    }));
}

function longMedian(files: readonly FileSize[], { medianFileLines }: SizeLimits): readonly string[] {
  const sorted = files.filter(({ path }) => !isTestCode(path)).toSorted((one, other) => one.lines - other.lines);
  const median = sorted[Math.floor(sorted.length / 2)]?.lines ?? Number.POSITIVE_INFINITY;
  return median > medianFileLines ? [`the median source file has ${median} lines; at most ${medianFileLines}`] : [];
}

function grownFolders(files: readonly FileSize[], { codeLines: ceilings }: SizeLimits): readonly string[] {
  const counts = codeLinesByFolder(files);
  const grown = Object.entries(counts).flatMap(([folder, count]) => {
    const ceiling = ceilings[folder];
    if (ceiling === undefined) return [`${folder} has ${count} code lines and no ceiling`];
    return count > ceiling ? [`${folder} has ${count} code lines without comments and blanks; its ceiling is ${ceiling}`] : [];
  });
  const absent = Object.keys(ceilings).filter((folder) => !Object.hasOwn(counts, folder));
  return [...grown, ...absent.map((folder) => `${folder} has a ceiling of code lines and no code`)];
}
