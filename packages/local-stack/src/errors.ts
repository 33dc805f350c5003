/** Closed list of what can keep the local stack from doing its work. */
export type StackErrorCode =
  /** Variables that say how Kafka or the registry is connected to break their rules; the operator corrects them. */
  | 'ERR_STACK_CONFIG'
  /** No Java of at least the needed version; the operator installs one. */
  | 'ERR_STACK_JAVA_MISSING'
  /** No Maven, needed once to fill the cache; the operator installs it. */
  | 'ERR_STACK_MAVEN_MISSING'
  /** The operating system is not one the stack can run on. */
  | 'ERR_STACK_PLATFORM'
  /** Too little free space for downloads or data. */
  | 'ERR_STACK_DISK_SPACE'
  /** A port that was asked for is taken, or none is free. */
  | 'ERR_STACK_PORT_TAKEN'
  /** Kafka or the registry could not be fetched. */
  | 'ERR_STACK_DOWNLOAD'
  /** What was fetched is damaged, also after fetching it again. */
  | 'ERR_STACK_CACHE_DAMAGED'
  /** Another living process uses the directory. */
  | 'ERR_STACK_IN_USE'
  /** The data directory belongs to something else, for example another node id. */
  | 'ERR_STACK_DATA_MISMATCH'
  /** The data directory lacks what says whose it is, and it cannot be put back. */
  | 'ERR_STACK_DATA_DAMAGED'
  /** A child process ended before it was ready. */
  | 'ERR_STACK_ENDED_EARLY'
  /** A child process runs and did not become ready in time. */
  | 'ERR_STACK_NOT_READY'
  /** The running child answered something that it should not. */
  | 'ERR_STACK_REFUSED';

/** A failure of the local stack. The message says what is wrong and what to do about it. */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly code: StackErrorCode;

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
