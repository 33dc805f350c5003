import type { Logger } from '@switchboard/runtime';
import type { IngressLogCode } from '../codes.ts';
import type { SourcesOutcome } from './read-sources.ts';
import type { SourcesConfig } from './sources-config.ts';

export interface WatchOptions {
  /** Reads the text of the file; throws when it cannot. */
  readonly readText: () => Promise<string>;
  readonly parse: (text: string) => SourcesOutcome;
  readonly pollMs: number;
  readonly onChange: (config: SourcesConfig) => void;
  /** Called whenever the content was found changed, and when the file becomes unreadable. */
  readonly onOutcome: (outcome: 'loaded' | 'invalid' | 'unreadable') => void;
  readonly logger: Logger;
}

export interface SourcesWatch {
  /** The last valid content; undefined until there is one. */
  current(): SourcesConfig | undefined;
  /** Reloads now, as SIGHUP asks for. */
  reload(): Promise<void>;
  stop(): void;
}

/**
 * Watches SOURCES_FILE by its content: mounted files change by a swap of links that file-system events miss. An invalid or
 * missing file leaves the last valid content in use.
 */
export async function watchSources(options: WatchOptions): Promise<SourcesWatch> {
  const { logger } = options;
  let current: SourcesConfig | undefined;
  let seen: string | undefined;
  let unreadable = false;
  let looking: Promise<void> | undefined;

  async function look(force: boolean): Promise<void> {
    let text: string;
    try {
      text = await options.readText();
    } catch (error) {
      if (!unreadable) {
        logger.error(
          { err: error, code: 'ERR_SOURCES_UNREADABLE' satisfies IngressLogCode },
          'SOURCES_FILE unreadable, last valid content stays in use',
        );
        options.onOutcome('unreadable');
      }
      unreadable = true;
      seen = undefined;
      return;
    }
    unreadable = false;
    if (text === seen && !force) return;
    seen = text;
    const outcome = options.parse(text);
    if (!outcome.ok) {
      logger.error(
        {
          code: 'ERR_SOURCES_INVALID' satisfies IngressLogCode,
          count: outcome.problemCount,
          problems: outcome.problems,
        },
        'SOURCES_FILE invalid, last valid content stays in use',
      );
      return options.onOutcome('invalid');
    }
    current = outcome.config;
    logger.info({ keySets: current.keySetUrls.length }, 'SOURCES_FILE loaded');
    options.onChange(current);
    options.onOutcome('loaded');
  }

  function lookOnce(force: boolean): Promise<void> {
    looking = (looking ?? Promise.resolve())
      .then(() => look(force))
      .catch((error) => logger.error({ err: error, code: 'ERR_SOURCES_FAILED' satisfies IngressLogCode }, 'SOURCES_FILE reload failed'));
    return looking;
  }

  await lookOnce(false);
  const timer = setInterval(() => void lookOnce(false), options.pollMs);
  timer.unref();
  return { current: () => current, reload: () => lookOnce(true), stop: () => clearInterval(timer) };
}
