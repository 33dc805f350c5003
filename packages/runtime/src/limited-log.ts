import type { Logger } from './logger.ts';

/** Writes warnings that outsiders can cause: a flood of refused requests must not become a flood of log lines. */
export interface LimitedLog {
  /**
   * Logs the first lines of a code and key in every window and counts the rest. The next line that is logged has their
   * number as `suppressed`. The key, for example an app, has its own window, so that a flood in one app does not hide
   * the lines of another.
   */
  warn(code: string, fields: object, message: string, key?: string): void;
}

export interface LimitedLogOptions {
  readonly logger: Pick<Logger, 'warn'>;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
  /** Default 10. */
  readonly linesPerWindow?: number;
  /** Milliseconds. Default 10,000. */
  readonly windowMs?: number;
  /** Most codes and keys with their own window. Further keys share one window for each code. Default 1,000. */
  readonly maxKeys?: number;
}

interface Window {
  readonly startedAt: number;
  lines: number;
  suppressed: number;
}

export function createLimitedLog(options: LimitedLogOptions): LimitedLog {
  const { logger, monotonic, linesPerWindow = 10, windowMs = 10_000, maxKeys = 1_000 } = options;
  // Both in the order in which their windows started: an open window is added last.
  const windows = new Map<string, Window>();
  const shared = new Map<string, Window>();

  const open = (known: Map<string, Window>, key: string, now: number): { readonly window: Window; readonly before: number } => {
    const last = known.get(key);
    if (last !== undefined && now - last.startedAt < windowMs) return { window: last, before: 0 };
    const window = { startedAt: now, lines: 0, suppressed: 0 };
    known.delete(key);
    known.set(key, window);
    return { window, before: last?.suppressed ?? 0 };
  };

  const dropEnded = (now: number): void => {
    for (const [key, { startedAt }] of windows) {
      if (now - startedAt < windowMs) return;
      windows.delete(key);
    }
  };

  const windowOf = (code: string, key: string, now: number) => {
    const name = `${code} ${key}`;
    if (!windows.has(name) && windows.size >= maxKeys) dropEnded(now);
    const full = !windows.has(name) && windows.size >= maxKeys;
    return full ? open(shared, code, now) : open(windows, name, now);
  };

  return {
    warn(code, fields, message, key = '') {
      const { window, before } = windowOf(code, key, monotonic());
      if (window.lines >= linesPerWindow) {
        window.suppressed += 1;
        return;
      }
      window.lines += 1;
      logger.warn({ code, ...fields, ...(before > 0 ? { suppressed: before } : {}) }, message);
    },
  };
}
