import type { ConfigOf, Variables } from './variable.ts';

/** What ends a transaction of a service that processes exactly once, whichever is reached first. */
export const transactionVariables = {
  transactionMaxRecords: {
    name: 'TRANSACTION_MAX_RECORDS',
    type: 'int',
    min: 1,
    max: 100_000,
    default: 2_000,
    doc: 'Most output records in one transaction.',
  },
  transactionMaxBytes: {
    name: 'TRANSACTION_MAX_BYTES',
    type: 'int',
    min: 1,
    max: 67_108_864,
    default: 4_194_304,
    doc: 'Most output bytes in one transaction; what belongs together and is larger is committed alone.',
  },
  transactionMaxAgeMs: {
    name: 'TRANSACTION_MAX_AGE',
    type: 'duration',
    min: 10,
    max: 5_000,
    default: 1_000,
    doc: 'Longest time in which the output of one transaction is made.',
  },
  instanceId: {
    name: 'INSTANCE_ID',
    type: 'string',
    optional: true,
    pattern: /^[\w.-]{1,200}$/,
    doc: 'Name of this process: unique in its group, and the same after a restart, which then ends at once what its predecessor left open and continues with its partitions. Empty: another name at each start.',
  },
} as const satisfies Variables;

/** The bounds of a transaction, from a configuration with transactionVariables. */
export function transactionBounds(config: ConfigOf<typeof transactionVariables>): {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
} {
  return {
    maxRecords: config.transactionMaxRecords,
    maxBytes: config.transactionMaxBytes,
    maxAgeMs: config.transactionMaxAgeMs,
  };
}
