import type { Problem } from '../documents/document.ts';
import { type Changelog, readChangelog } from './changelog.ts';

export const CHANGELOG = 'CHANGELOG.md';

const UNRELEASED = '[Unreleased]';
/** Of Keep a Changelog. */
const SECTIONS: ReadonlySet<string> = new Set(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']);

/** What is wrong with the text of CHANGELOG.md, beside the version of package.json. */
export function checkChangelog(text: string, packageVersion: string): readonly Problem[] {
  const changelog = readChangelog(text);
  return [...checkVersions(changelog, packageVersion), ...checkHeadings(changelog)].map(({ line, message }) => ({
    path: CHANGELOG,
    line,
    message,
  }));
}

type Finding = Omit<Problem, 'path'>;

function checkVersions({ releases }: Changelog, packageVersion: string): readonly Finding[] {
  const [newest] = releases;
  if (newest === undefined) return [{ line: 1, message: 'names no released version: ## [1.2.3] - 2026-01-31' }];
  const findings: Finding[] = [];
  if (newest.version !== packageVersion)
    findings.push({ line: newest.line, message: `newest release is ${newest.version}, package.json has ${packageVersion}` });
  for (const [index, { version, date, line }] of releases.entries()) {
    const newer = releases[index - 1];
    if (!isDate(date))
      findings.push({ line, message: `${version} must have a date, YYYY-MM-DD${date === undefined ? '' : ` (got ${date})`}` });
    if (newer === undefined) continue;
    if (compareVersions(newer.version, version) <= 0)
      findings.push({ line, message: `${version} is below ${newer.version} and is not an earlier version` });
    if (isDate(date) && isDate(newer.date) && date > newer.date)
      findings.push({ line, message: `${version} is dated ${date}, after ${newer.version} (${newer.date})` });
  }
  return findings;
}

function checkHeadings({ releases, headings }: Changelog): readonly Finding[] {
  const firstRelease = releases[0]?.line ?? Number.POSITIVE_INFINITY;
  return headings.flatMap(({ text, line }): readonly Finding[] => {
    if (SECTIONS.has(text)) return [];
    if (text !== UNRELEASED) return [{ line, message: `heading "${text}" is neither a version nor one of ${[...SECTIONS].join(', ')}` }];
    return line < firstRelease ? [] : [{ line, message: `${UNRELEASED} must be above every release` }];
  });
}

function isDate(text: string | undefined): text is string {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function compareVersions(one: string, other: string): number {
  const numbers = (version: string): readonly number[] => version.split('.').map(Number);
  const [a, b] = [numbers(one), numbers(other)];
  return a.map((number, index) => number - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
