import type { Logger } from '@switchboard/runtime';

export interface LimitedLog {
  /** Logs the first lines of a code in every window; counts the others and tells with the next line how many there were. */
  warn(code: string, fields: object, message: string): void;
}

export interface LimitedLogOptions {
  readonly logger: Logger;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  readonly linesPerWindow?: number;
  readonly windowMs?: number;
}

interface Window {
  startedAt: number;
  lines: number;
  suppressed: number;
}

/** A flood of refused requests must not become a flood of log lines: the metric counts them all. */
export function createLimitedLog(options: LimitedLogOptions): LimitedLog {
  const { logger, monotonic, linesPerWindow = 10, windowMs = 10_000 } = options;
  const windows = new Map<string, Window>();
  return {
    warn(code, fields, message) {
      const now = monotonic();
      let window = windows.get(code);
      if (window === undefined) {
        window = { startedAt: now, lines: 0, suppressed: 0 };
        windows.set(code, window);
      }
      let before = 0;
      if (now - window.startedAt >= windowMs) {
        before = window.suppressed;
        Object.assign(window, { startedAt: now, lines: 0, suppressed: 0 });
      }
      if (window.lines >= linesPerWindow) {
        window.suppressed += 1;
        return;
      }
      window.lines += 1;
      logger.warn({ code, ...fields, ...(before > 0 ? { suppressed: before } : {}) }, message);
    },
  };
}
