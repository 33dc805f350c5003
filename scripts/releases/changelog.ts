/** A released version of CHANGELOG.md. */
export interface Release {
  readonly version: string;
  /** As written, `YYYY-MM-DD` where it follows the form; undefined where the heading has none. */
  readonly date: string | undefined;
  /** Recorded for a version that was released before its heading was added; else the commit that added the heading is the release. */
  readonly commit: string | undefined;
  /** Line of the heading, from 1. */
  readonly line: number;
  /** The heading up to the version, which a search of the history looks for. */
  readonly heading: string;
}

/** What CHANGELOG.md says, newest release first as it must be written. */
export interface Changelog {
  readonly releases: readonly Release[];
  /** Other headings of level 2 and 3, in order. */
  readonly headings: readonly { readonly text: string; readonly line: number }[];
}

const RELEASE = /^(## \[(\d+\.\d+\.\d+)\])(?: - (.*))?$/;
const COMMIT = /^<!-- commit: ([0-9a-f]{40})\b/;
const OTHER_HEADING = /^###? (.*)$/;

/** Reads a changelog in the form of Keep a Changelog. Never throws: what does not follow the form is among the other headings. */
export function readChangelog(text: string): Changelog {
  const releases: Release[] = [];
  const headings: Changelog['headings'][number][] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const [, heading, version, date] = RELEASE.exec(line) ?? [];
    if (heading !== undefined && version !== undefined) {
      const [, commit] = COMMIT.exec(lines.slice(index + 1).find((next) => next.trim() !== '') ?? '') ?? [];
      releases.push({ version, date, commit, line: index + 1, heading });
    } else {
      const [, other] = OTHER_HEADING.exec(line) ?? [];
      if (other !== undefined) headings.push({ text: other, line: index + 1 });
    }
  }
  return { releases, headings };
}
