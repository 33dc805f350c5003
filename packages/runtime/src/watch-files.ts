export interface FilesWatchOptions {
  /** Files that belong together, such as a certificate and its key. */
  readonly paths: readonly string[];
  /** Rejects when the file cannot be read. */
  readonly readText: (path: string) => Promise<string>;
  readonly pollMs: number;
  /** The texts that are in use already, in the order of the paths: they are not a change. Without them the first look is one. */
  readonly initial?: readonly string[];
  /**
   * Gets the texts of all paths, in their order, when one of them changed, and when the files can be read again after they
   * could not. Throws when the texts cannot be used: `onError` gets the error, and the same texts are not offered again.
   */
  readonly onChange: (texts: readonly string[]) => void | Promise<void>;
  /** Called once when a file becomes unreadable, and once for each change that `onChange` refuses. Must not throw. */
  readonly onError: (error: unknown) => void;
}

export interface FilesWatch {
  /** Reads the files now and offers their texts even if they did not change. Never rejects. */
  reload(): Promise<void>;
  /** No call of `onChange` starts after this. */
  stop(): void;
}

/**
 * Watches files by their content. Mounted files (Kubernetes, Docker) change by a swap of symbolic links, which file-system
 * events miss. A pair of files may be read while only one of the two was replaced: `onChange` refuses that pair, and gets
 * the complete one at the next look.
 */
export function watchFiles(options: FilesWatchOptions): FilesWatch {
  const { paths, readText, pollMs, onChange, onError } = options;
  let seen: readonly string[] | undefined = options.initial;
  let unreadable = false;
  let stopped = false;
  let looking: Promise<void> | undefined;

  async function read(): Promise<readonly string[] | undefined> {
    try {
      const texts = await Promise.all(paths.map(readText));
      unreadable = false;
      return texts;
    } catch (error) {
      if (!unreadable && !stopped) onError(error);
      unreadable = true;
      seen = undefined;
      return undefined;
    }
  }

  async function look(force: boolean): Promise<void> {
    const texts = await read();
    if (texts === undefined || stopped) return;
    if (!force && texts.every((text, index) => text === seen?.[index])) return;
    seen = texts;
    try {
      await onChange(texts);
    } catch (error) {
      onError(error);
    }
  }

  function start(force: boolean): Promise<void> {
    const running = look(force).finally(() => {
      if (looking === running) looking = undefined;
    });
    looking = running;
    return running;
  }

  // A look that takes longer than the interval is not overtaken by the next one.
  const timer = setInterval(() => {
    if (looking === undefined) void start(false);
  }, pollMs);
  timer.unref();
  return {
    reload: async () => {
      while (looking !== undefined) await looking;
      await start(true);
    },
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
