import { appendFileSync } from 'node:fs';

/** A file with one JSON text a line, written in the background. */
export interface LineLog {
  add(value: unknown): void;
  /** When it returns, everything that was added stands in the file. */
  flush(): void;
}

const EVERY_MS = 200;

/** The file is there from the beginning on, also while nothing was added. */
export function createLineLog(file: string): LineLog {
  appendFileSync(file, '');
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    appendFileSync(file, lines.join(''));
    lines = [];
  };
  setInterval(flush, EVERY_MS).unref();
  return { add: (value) => void lines.push(`${JSON.stringify(value)}\n`), flush };
}
