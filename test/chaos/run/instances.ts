import { join } from 'node:path';
import { type DataPlaneName, dataPlaneNames, type ServiceName } from '@switchboard/local-stack';
import { choosePorts, type PortWish } from '../../../packages/local-stack/src/host/ports.ts';
import { type EnvironmentOptions, environments } from '../../../packages/local-stack/src/stack/service-environment.ts';
import { endpoints } from '../load/endpoints.ts';
import { createInstance, type Instance, type Life } from './instance.ts';

export interface ChaosInstances {
  /** Of the data plane, without the extras. */
  readonly all: readonly Instance[];
  /** Runs while installs are written, and not while notifications pass. */
  readonly admin: Instance;
  of(service: DataPlaneName): readonly Instance[];
  /** One more of each service, which takes no requests and is started for a while only. */
  readonly extras: readonly Instance[];
  readonly ingressUrls: readonly string[];
  readonly adminUrl: string;
}

export interface InstancesOptions extends Pick<EnvironmentOptions, 'files' | 'credentials' | 'registryUrl' | 'authorityFile'> {
  readonly perService: number;
  /** How the instances of a service are started where they are not started by its own entry. */
  readonly usual: Readonly<Partial<Record<ServiceName, Life>>>;
  readonly brokers: readonly string[];
  readonly ports: InstancePorts;
  /** Variables of a service, of those of all that the stack has. Default: its own. */
  readonly variablesOf?: (service: ServiceName, all: Environments) => Readonly<Record<string, string>>;
}

type Environments = ReturnType<typeof environments>;

/** Short enough for a run to see every attempt; the last two are for what an endpoint has no room for. */
const retryDelaysMs: readonly number[] = [2_000, 2_000, 3_000, 8_000, 20_000];
const LOWEST_PORT = 20_000;
const SPREAD = 10_000;

const LANE_CONCURRENCY = 40;
/**
 * The few installs that receive most events have seven endpoints, which have to take what thousands would: a backlog waits in Kafka and
 * in long lanes. With short lanes and wide windows it would be read and deferred again and again.
 */
const LANE_CAPACITY = 5_000;
const MAX_OPEN_PER_PARTITION = 250;
/** The fan-out of an event to 300 installs is continued in six transactions. */
const TRANSACTION_MAX_RECORDS = 50;

/**
 * Most attempts that a process of the delivery service has on their way at a time: so many at each endpoint. With the 300 installs of
 * large events it is no more, for one origin has 250 of MAX_IN_FLIGHT=500 at most.
 */
export const mostInFlight = LANE_CONCURRENCY * endpoints.length;

/** Variables of the services beside those of the stack. */
const serviceSettings: Readonly<Record<DataPlaneName, Readonly<Record<string, string>>>> = {
  ingress: {},
  normalizer: {},
  // An endpoint that hangs is to hold a lane for less time than the run lasts; neither retries nor slots are what is rationed here.
  delivery: {
    ATTEMPT_TIMEOUT: '2s',
    RETRY_BUDGET_PER_SECOND: '500',
    LANE_CONCURRENCY: String(LANE_CONCURRENCY),
    LANE_CAPACITY: String(LANE_CAPACITY),
    MAX_OPEN_PER_PARTITION: String(MAX_OPEN_PER_PARTITION),
    TRANSACTION_MAX_RECORDS: String(TRANSACTION_MAX_RECORDS),
  },
};

/** Ports of instances by name and number. */
export type InstancePorts = Readonly<Record<string, number>>;

const portNames = ['http', 'ingressHealth', 'normalizerHealth', 'deliveryHealth', 'adminHealth', 'admin'] as const;

/** Free ports for `createInstances`; instances that never run at the same time may share them. */
export function chooseInstancePorts(perService: number): Promise<InstancePorts> {
  const preferred = LOWEST_PORT + Math.floor(Math.random() * SPREAD);
  const wishes: Record<string, PortWish> = {};
  for (const number of numbersOf(perService))
    for (const name of portNames) wishes[`${name}-${number}`] = { purpose: 'a service', preferred };
  return choosePorts(wishes);
}

/** Those of the regular instances, and one for the extras. */
const numbersOf = (perService: number): readonly number[] => Array.from({ length: perService + 1 }, (_, index) => index + 1);

/** Instances of every service of the data plane, one extra of each, and one admin, on dedicated ports; none is started. */
export function createInstances(options: InstancesOptions): ChaosInstances {
  const numbers = numbersOf(options.perService);
  const portOf = (name: (typeof portNames)[number], number: number): number => options.ports[`${name}-${number}`] ?? 0;
  const variablesOf = options.variablesOf ?? ((service, all) => all[service]);

  const create = (service: ServiceName, number: number): Instance => {
    const all = environments({
      ...options,
      ports: {
        ingress: portOf('http', number),
        ingressHealth: portOf('ingressHealth', number),
        normalizerHealth: portOf('normalizerHealth', number),
        deliveryHealth: portOf('deliveryHealth', number),
        adminHealth: portOf('adminHealth', number),
        admin: portOf('admin', number),
        issuer: 0,
        receiver: 0,
      },
      kafkaBrokers: options.brokers.join(','),
      retryDelaysMs,
      // One in two takes another transactional id at each start.
      ...(number % 2 === 1 ? { instanceId: `${number}` } : {}),
    });
    return createInstance({
      name: `${service}-${number}`,
      service,
      environment: { ...variablesOf(service, all), ...(service === 'admin' ? {} : serviceSettings[service]) },
      healthPort: portOf(`${service}Health`, number),
      logFile: join(options.files.logs, `${service}-${number}.log`),
      usual: options.usual[service],
    });
  };
  const regular = dataPlaneNames.flatMap((service) => numbers.slice(0, -1).map((number) => create(service, number)));
  return {
    all: regular,
    admin: create('admin', 1),
    of: (service) => regular.filter((instance) => instance.service === service),
    extras: dataPlaneNames.map((service) => create(service, numbers.length)),
    ingressUrls: numbers.slice(0, -1).map((number) => `http://127.0.0.1:${portOf('http', number)}`),
    adminUrl: `http://127.0.0.1:${portOf('admin', 1)}`,
  };
}
