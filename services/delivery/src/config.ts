import { readSecretsKey } from '@switchboard/app-installs';
import { retryTopics } from '@switchboard/contracts';
import {
  type ConfigOf,
  coversEverything,
  defineConfig,
  type Environment,
  kafkaRule,
  kafkaVariables,
  kafkaWarnings,
  readCidr,
  registryVariables,
  registryWarnings,
  serviceVariables,
  transactionVariables,
  type Variables,
} from '@switchboard/runtime';

const variables = {
  ...serviceVariables,
  healthPort: { name: 'HEALTH_PORT', type: 'int', min: 0, max: 65_535, default: 18_083, doc: 'Port of /livez, /readyz and /metrics.' },
  adminPort: { name: 'ADMIN_PORT', type: 'int', min: 0, max: 65_535, default: 18_090, doc: 'Port of the admin API.' },
  adminTokensFile: {
    name: 'ADMIN_TOKENS_FILE',
    type: 'file',
    doc: 'JSON file of admin tokens: name, sha256 of the token, role (reader, editor, operator), tenants; read again when it changes.',
  },
  adminTokensPollMs: {
    name: 'ADMIN_TOKENS_POLL_MS',
    type: 'duration',
    default: 2_000,
    min: 50,
    doc: 'How often to look whether the content of ADMIN_TOKENS_FILE changed.',
  },
  secretsKey: {
    name: 'SECRETS_KEY',
    type: 'secret',
    doc: 'Key of 32 bytes, base64 or hexadecimal, under which signing secrets are kept; or SECRETS_KEY_FILE.',
  },
  ...kafkaVariables,
  ...registryVariables,
  fanOutGroup: {
    name: 'FAN_OUT_GROUP',
    type: 'string',
    default: 'switchboard.fan-out',
    doc: 'Consumer group that turns events into deliveries.',
  },
  deliveryGroup: {
    name: 'DELIVERY_GROUP',
    type: 'string',
    default: 'switchboard.delivery',
    doc: 'Consumer group that attempts deliveries.',
  },
  withoutOffset: {
    name: 'FAN_OUT_WITHOUT_OFFSET',
    type: 'enum',
    values: ['fail', 'beginning', 'end'],
    default: 'fail',
    doc: 'Where fan-out starts when deliveries exist and its group has no committed offset.',
  },
  ...transactionVariables,
  retryDelaysMs: {
    name: 'RETRY_DELAYS_MS',
    type: 'list',
    pattern: /^\d{1,9}$/,
    default: ['5000', '30000', '120000', '600000', '3600000'],
    doc: 'Delays of the five retry topics in milliseconds, none shorter than the one before.',
  },
  maxAgeMs: {
    name: 'DELIVERY_MAX_AGE',
    type: 'duration',
    default: 86_400_000,
    min: 1_000,
    doc: 'Longest time a delivery is put off before it is dead.',
  },
  attemptTimeoutMs: {
    name: 'ATTEMPT_TIMEOUT',
    type: 'duration',
    default: 10_000,
    min: 100,
    max: 10_000,
    doc: 'Time of an attempt from the start of the connect to the status line.',
  },
  addressAllow: {
    name: 'ADDRESS_ALLOW',
    type: 'list',
    optional: true,
    doc: 'CIDR ranges that endpoints may be in although they are private or special, comma-separated.',
  },
  maxInFlight: {
    name: 'MAX_IN_FLIGHT',
    type: 'int',
    min: 1,
    max: 10_000,
    default: 500,
    doc: 'Most attempts at a time in the process. One host and port has half of them at most, and what does not answer fast a half of what it could have.',
  },
  laneConcurrency: {
    name: 'LANE_CONCURRENCY',
    type: 'int',
    min: 1,
    max: 100,
    default: 10,
    doc: 'Most attempts at a time at one endpoint, where the webhook sets no number.',
  },
  laneCapacity: {
    name: 'LANE_CAPACITY',
    type: 'int',
    min: 1,
    max: 10_000,
    default: 500,
    doc: 'Most deliveries that wait in memory for one endpoint.',
  },
  laneCapacityBytes: {
    name: 'LANE_CAPACITY_BYTES',
    type: 'int',
    min: 1,
    max: 1_073_741_824,
    default: 8_388_608,
    doc: 'Most bytes of events that wait in memory for one endpoint; a single larger one is let in alone.',
  },
  breakerThreshold: {
    name: 'BREAKER_THRESHOLD',
    type: 'int',
    min: 1,
    max: 1_000,
    default: 10,
    doc: 'Failed attempts in a row after which an endpoint is left alone for a while.',
  },
  retryBudgetPerSecond: {
    name: 'RETRY_BUDGET_PER_SECOND',
    type: 'int',
    min: 1,
    max: 100_000,
    default: 50,
    doc: 'Retries a second that are always allowed; beyond, one for every five first attempts.',
  },
  openPerPartition: {
    name: 'MAX_OPEN_PER_PARTITION',
    type: 'int',
    min: 10,
    max: 10_000,
    default: 2_000,
    doc: 'Most deliveries of a partition that are read and not settled.',
  },
} as const satisfies Variables;

function deliveryRule(config: ConfigOf<typeof variables>): readonly string[] {
  const delays = config.retryDelaysMs.map(Number);
  const increasing = delays.every((delay, index) => delay >= (delays[index - 1] ?? 0));
  const ranges = config.addressAllow ?? [];
  const badRanges = ranges.filter((text) => readCidr(text) === undefined);
  const key = readSecretsKey(config.secretsKey);
  return [
    ...(delays.length === retryTopics.length && increasing
      ? []
      : [
          `RETRY_DELAYS_MS: must be ${retryTopics.length} delays, none shorter than the one before, is ${JSON.stringify(config.retryDelaysMs.join(','))}`,
        ]),
    ...badRanges.map((text) => `ADDRESS_ALLOW: must hold CIDR ranges, has ${JSON.stringify(text)}`),
    ...(coversEverything(ranges.flatMap((text) => readCidr(text) ?? []))
      ? [`ADDRESS_ALLOW: must not admit every address, is ${JSON.stringify(ranges.join(','))}`]
      : []),
    ...(key === undefined ? ['SECRETS_KEY: must be the base64 or hexadecimal text of 32 bytes'] : []),
    ...(key?.every((byte) => byte === 0) ? ['SECRETS_KEY: must not be all zeros'] : []),
  ];
}

export const deliveryConfig = defineConfig(variables, [kafkaRule, deliveryRule], [kafkaWarnings, registryWarnings]);

/** The environment of this process, which no other module reads. */
export const environment: Environment = process.env;

export type DeliveryConfig = ConfigOf<typeof variables>;
