import type { LogErrorCode } from '../../log.ts';

/** A failure of the log that nobody nearby can handle; `code` is one of the closed list, the text is for operators. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(`${message} (${code})`, options);
    this.code = code;
  }
}
