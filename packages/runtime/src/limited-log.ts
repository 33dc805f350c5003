import type { Logger } from './logger.ts';

/** Writes warnings that outsiders can cause: a flood of refused requests must not become a flood of log lines. */
export interface LimitedLog {
  /**
   * Logs the first lines of a code and key in every window and counts the rest. The next line that is logged has their
   * number as `suppressed`. The key, for example an app, has its own window, so that a flood in one app does not hide
   * the lines of another. The fields of a line are asked for when it is logged.
   */
  warn(code: string, fields: () => object, message: string, key?: string): void;
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
  /** Suppressed in the window before, for the first line of this one. */
  readonly before: number;
}

export function createLimitedLog(options: LimitedLogOptions): LimitedLog {
  const { logger, monotonic, linesPerWindow = 10, windowMs = 10_000, maxKeys = 1_000 } = options;
  // Both in the order in which their windows started: an open window is added last.
  const windows = new Map<string, Window>();
  const shared = new Map<string, Window>();

  const isOpen = (window: Window, now: number) => now - window.startedAt < windowMs;

  /** The open window of the key; another one where it ended. */
  const open = (known: Map<string, Window>, key: string, now: number): Window => {
    const last = known.get(key);
    if (last !== undefined && isOpen(last, now)) return last;
    const window = { startedAt: now, lines: 0, suppressed: 0, before: last?.suppressed ?? 0 };
    known.delete(key);
    known.set(key, window);
    return window;
  };

  const dropEnded = (now: number): void => {
    for (const [key, window] of windows) {
      if (isOpen(window, now)) return;
      windows.delete(key);
    }
  };

  const windowOf = (code: string, key: string, now: number): Window => {
    const name = `${code} ${key}`;
    const known = windows.get(name);
    if (known !== undefined) return isOpen(known, now) ? known : open(windows, name, now);
    if (windows.size >= maxKeys) dropEnded(now);
    return windows.size >= maxKeys ? open(shared, code, now) : open(windows, name, now);
  };

  return {
    warn(code, fields, message, key = '') {
      const window = windowOf(code, key, monotonic());
      if (window.lines >= linesPerWindow) {
        window.suppressed += 1;
        return;
      }
      window.lines += 1;
      const suppressed = window.lines === 1 && window.before > 0 ? { suppressed: window.before } : {};
      logger.warn({ code, ...fields(), ...suppressed }, message);
    },
  };
}
