const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** What kafkajs's classes log to, in every namespace; it keeps nothing. */
export const quietLogger = { ...quiet, namespace: () => quietLogger as typeof quiet };
