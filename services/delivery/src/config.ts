import { secretsVariables } from '@switchboard/app-installs';
import { retryTopics } from '@switchboard/contracts';
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
  type Variables,
} from '@switchboard/runtime';
import { addressAllowRule, addressVariables } from '@switchboard/webhooks';

const variables = {
  ...serviceVariables,
  healthPort: { name: 'HEALTH_PORT', type: 'int', min: 0, max: 65_535, default: 18_083, doc: 'Port of /livez, /readyz and /metrics.' },
  ...secretsVariables,
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
  ...addressVariables,
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

function retryDelaysRule({ retryDelaysMs }: Pick<ConfigOf<typeof variables>, 'retryDelaysMs'>): readonly string[] {
  const delays = retryDelaysMs.map(Number);
  const increasing = delays.every((delay, index) => delay >= (delays[index - 1] ?? 0));
  if (delays.length === retryTopics.length && increasing) return [];
  const rule = `must be ${retryTopics.length} delays, none shorter than the one before`;
  return [`RETRY_DELAYS_MS: ${rule}, is ${JSON.stringify(retryDelaysMs.join(','))}`];
}

export const deliveryConfig = defineConfig(variables, [kafkaRule, addressAllowRule, retryDelaysRule], [kafkaWarnings, registryWarnings]);

/** The environment of this process, which no other module reads. */
export const environment: Environment = process.env;

export type DeliveryConfig = ConfigOf<typeof variables>;
