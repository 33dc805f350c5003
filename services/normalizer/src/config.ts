import {
  type ConfigOf,
  defineConfig,
  type Environment,
  kafkaRule,
  kafkaVariables,
  kafkaWarnings,
  registryVariables,
  registryWarnings,
  serviceVariables,
  transactionVariables,
} from '@switchboard/runtime';

export const normalizerConfig = defineConfig(
  {
    ...serviceVariables,
    healthPort: { name: 'HEALTH_PORT', type: 'int', min: 0, max: 65_535, default: 18_082, doc: 'Port of /livez, /readyz and /metrics.' },
    ...kafkaVariables,
    ...registryVariables,
    groupId: { name: 'NORMALIZER_GROUP', type: 'string', default: 'switchboard.normalizer', doc: 'Consumer group of the normalizer.' },
    ...transactionVariables,
    maxSlice: {
      name: 'NORMALIZER_MAX_SLICE',
      type: 'int',
      min: 1,
      max: 10_000,
      optional: true,
      doc: 'Replaced by TRANSACTION_MAX_RECORDS, and no longer read in the next version; until then the lower of the two counts.',
    },
    withoutOffset: {
      name: 'NORMALIZER_WITHOUT_OFFSET',
      type: 'enum',
      values: ['fail', 'beginning', 'end'],
      default: 'fail',
      doc: 'Where to start when events exist and the group has no committed offset.',
    },
    rejectSharePercent: {
      name: 'REJECT_SHARE_PERCENT',
      type: 'int',
      min: 1,
      max: 100,
      default: 50,
      doc: 'Share of faulty notifications above which the normalizer stops and alarms; 100 never stops it.',
    },
    rejectShareOver: {
      name: 'REJECT_SHARE_OVER',
      type: 'int',
      min: 1,
      max: 100_000,
      default: 100,
      doc: 'Notifications over which that share is taken.',
    },
  },
  [kafkaRule],
  [kafkaWarnings, registryWarnings],
);

export type NormalizerConfig = ConfigOf<typeof normalizerConfig.variables>;

/** The environment of this process, which no other module reads. */
export const environment: Environment = process.env;
