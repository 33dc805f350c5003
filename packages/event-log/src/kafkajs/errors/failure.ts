interface KafkajsFailure extends Error {
  readonly type?: string;
  readonly retriable?: boolean;
}

/** The failure below kafkajs's wrappers (retries exceeded, not retriable, join again). */
export function rootFailure(error: unknown): KafkajsFailure {
  if (!(error instanceof Error)) return new Error(String(error));
  const { cause, originalError } = error as { cause?: unknown; originalError?: unknown };
  const inner = cause ?? originalError;
  return inner instanceof Error ? rootFailure(inner) : error;
}

/** True when only time can help and it will: a broker is away, a leader moves. An unknown topic is one only if it is new. */
export function isTransient(failure: KafkajsFailure): boolean {
  return failure.retriable === true && failure.type !== 'UNKNOWN_TOPIC_OR_PARTITION';
}
