/** The command was asked for something that it cannot do; the message says what would work. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
