import { type FilesWatch, type Logger, type Metrics, watchFiles } from '@switchboard/runtime';
import { type Authenticate, readTokens } from './tokens.ts';

/** Why a changed ADMIN_TOKENS_FILE is not in force. */
export type AdminTokensCode =
  /** ADMIN_TOKENS_FILE breaks its rules; the last good tokens stay in force. */
  | 'ERR_ADMIN_TOKENS_INVALID'
  /** ADMIN_TOKENS_FILE cannot be read; the last good tokens stay in force. */
  | 'ERR_ADMIN_TOKENS_UNREADABLE';

export interface TokensWatchOptions {
  readonly path: string;
  /** Text of the file that `authenticate` was read from. */
  readonly text: string;
  readonly authenticate: Authenticate;
  readonly readText: (path: string) => Promise<string>;
  readonly pollMs: number;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly metrics: Pick<Metrics, 'gauge'>;
}

export interface TokensWatch extends FilesWatch {
  /** By the last good content of the file. */
  readonly authenticate: Authenticate;
}

/** Reads ADMIN_TOKENS_FILE again when its content changes: a removed token ends, a new one works, without a restart. */
export function watchTokens(options: TokensWatchOptions): TokensWatch {
  const { path, text, readText, pollMs, logger, metrics } = options;
  let { authenticate } = options;
  const valid = metrics.gauge({ name: 'admin_tokens_valid', help: '0 while ADMIN_TOKENS_FILE is invalid or unreadable.' });
  valid.set(1);

  const watch = watchFiles({
    paths: [path],
    readText,
    pollMs,
    initial: [text],
    onChange: ([changed = '']) => {
      const read = readTokens(changed);
      if (read.ok) {
        authenticate = read.authenticate;
        valid.set(1);
        logger.info({ tokens: read.tokenCount }, 'Admin tokens loaded');
        return;
      }
      valid.set(0);
      const code: AdminTokensCode = 'ERR_ADMIN_TOKENS_INVALID';
      const { problems, problemCount } = read;
      logger.error({ code, problemCount, problems }, 'Admin tokens file is invalid, last good tokens stay in force');
    },
    onError: (error) => {
      valid.set(0);
      const code: AdminTokensCode = 'ERR_ADMIN_TOKENS_UNREADABLE';
      logger.error({ err: error, code }, 'Admin tokens file cannot be read, last good tokens stay in force');
    },
  });
  return { ...watch, authenticate: (authorization) => authenticate(authorization) };
}
