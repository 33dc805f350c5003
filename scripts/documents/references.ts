/** A piece of text with the line it stands in, from 1. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/** A fenced block; `line` is that of its first line of content. */
export interface Fence extends Piece {
  /** Word behind the fence, for example sh. */
  readonly language: string;
}

export interface References {
  /** Targets of links. */
  readonly links: readonly Piece[];
  /** Inline code. */
  readonly spans: readonly Piece[];
  readonly fences: readonly Fence[];
  readonly headings: readonly Piece[];
  /** Links to a test file with the “titles” of tests behind them. */
  readonly tests: readonly (Piece & { readonly titles: readonly string[] })[];
}

const SHELL = new Set(['sh', 'bash', 'console']);

export function isShell(fence: Fence): boolean {
  return SHELL.has(fence.language);
}

/** What a Markdown text refers to. */
export function readReferences(text: string): References {
  const links: Piece[] = [];
  const spans: Piece[] = [];
  const fences: Fence[] = [];
  const headings: Piece[] = [];
  const tests: (Piece & { readonly titles: readonly string[] })[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;

  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const fence = /^\s*```(\S*)/.exec(content);
    if (open !== undefined) {
      if (fence === null) open.lines.push(content);
      else {
        fences.push({ language: open.language, line: open.line, text: open.lines.join('\n') });
        open = undefined;
      }
      continue;
    }
    if (fence !== null) {
      open = { language: fence[1] ?? '', line: line + 1, lines: [] };
      continue;
    }
    const heading = /^#{1,6} (.+)$/.exec(content);
    if (heading !== null) headings.push({ text: heading[1] ?? '', line });
    for (const [, code = ''] of content.matchAll(/`([^`]+)`/g)) spans.push({ text: code, line });
    const prose = content.replaceAll(/`[^`]+`/g, 'code');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) links.push({ text: target, line });
    for (const [, target = '', titles = ''] of content.matchAll(/\]\(([^)\s]+\.test\.ts)\)((?:,? “[^”]+”)*)/g)) {
      tests.push({ text: target, line, titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title) });
    }
  }
  return { links, spans, fences, headings, tests };
}

/** The fragment by which a heading is linked to. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
