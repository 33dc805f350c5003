/** The members of a kafkajs error that decide what to do about it. */
export interface KafkajsError {
  readonly name: string;
  /** Name of the protocol error. */
  readonly type: string | undefined;
  /** Number of the protocol error; -99 for one that kafkajs does not know. */
  readonly code: number | string | undefined;
  readonly message: string;
  /** `host:port` of a broker whose connection failed. */
  readonly broker: string | undefined;
}

/** kafkajs wraps errors in each other; the innermost one says what happened. */
export function readKafkajsError(error: unknown): KafkajsError {
  let inner = error as Partial<KafkajsError> & { cause?: unknown };
  for (let depth = 0; depth < 5 && inner.type === undefined && inner.cause instanceof Error; depth += 1) {
    inner = inner.cause as Partial<KafkajsError> & { cause?: unknown };
  }
  const { name = '', type, code, message = String(error), broker } = inner;
  return { name, type, code, message, broker: typeof broker === 'string' ? broker : undefined };
}

/** Whether the error came from the connection or the cluster and not from a mistake in the code. */
export function isKafkajsError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}

const UNKNOWN_CODE = /^Unknown error code (\d+)$/;

/** Number of the protocol error, also of those that kafkajs has no name for; undefined for any other failure. */
export function protocolCode(error: unknown): number | undefined {
  const { name, type, code, message } = readKafkajsError(error);
  const unknown = UNKNOWN_CODE.exec(message);
  if (unknown !== null) return Number(unknown[1]);
  return typeof code === 'number' && (name === 'KafkaJSProtocolError' || type !== undefined) ? code : undefined;
}
