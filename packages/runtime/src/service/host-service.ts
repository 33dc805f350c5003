import { type HealthServerOptions, startHealthServer } from '../health-server.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { RunningService } from '../run-service.ts';
import { type Connecting, type ConnectOptions, connectInBackground } from './connect.ts';
import { createReadiness, type Readiness } from './readiness.ts';

type HandleRequest = HealthServerOptions['handle'] & {};

/** What a service gets to start with. */
export interface ServiceContext<Config, Log, Registry> {
  readonly config: Config;
  /** Opens nothing by itself. */
  readonly log: Log;
  /** One attempt to connect to the schema registry. */
  readonly connectRegistry: () => Promise<Registry>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal;
  readonly healthPort: number;
  readonly readiness: Pick<Readiness, 'require'>;
  /** Connects to a dependency in the background. The service is not ready before. */
  connect<Value>(options: Omit<ConnectOptions<Value>, 'signal' | 'logger'>): Connecting<Value>;
  /** Handles the requests of the health port that are not for health and metrics. */
  handleOnHealthPort(handle: HandleRequest): void;
}

export interface HostOptions<Config, Log, Registry, Service>
  extends Pick<ServiceContext<Config, Log, Registry>, 'config' | 'log' | 'connectRegistry' | 'logger' | 'metrics' | 'signal'> {
  readonly start: (context: ServiceContext<Config, Log, Registry>) => Promise<Service>;
}

/**
 * Starts a service with its health server: alive at once, ready when it has started and each of its conditions holds, not
 * ready as soon as it is stopped. A failed start closes the health server.
 */
export async function hostService<
  Config extends { readonly host: string; readonly healthPort: number },
  Log,
  Registry,
  Service extends RunningService,
>(options: HostOptions<Config, Log, Registry, Service>): Promise<Service & { readonly healthPort: number }> {
  const { start, ...given } = options;
  const { config, metrics, logger, signal } = given;
  const readiness = createReadiness();
  let handle: HandleRequest = () => false;
  const health = await startHealthServer({
    host: config.host,
    port: config.healthPort,
    ready: readiness.missing,
    metrics,
    handle: (request, response) => handle(request, response),
  });
  const context: ServiceContext<Config, Log, Registry> = {
    ...given,
    readiness,
    healthPort: health.port,
    connect: (dependency) => {
      const connecting = connectInBackground({ ...dependency, signal, logger });
      readiness.require(() => (connecting.current() === undefined ? [`waiting for ${dependency.name}`] : []));
      return connecting;
    },
    handleOnHealthPort: (next) => {
      handle = next;
    },
  };
  try {
    const service = await start(context);
    readiness.started();
    return {
      ...service,
      healthPort: health.port,
      async stop() {
        readiness.drain();
        await service.stop();
        await health.stop();
      },
    };
  } catch (error) {
    await health.stop();
    throw error;
  }
}
