import type { Logger } from './logger.ts';

export interface RunningService {
  /** Turns readiness off, ends intake, finishes what is in flight, closes connections. */
  stop(): Promise<void>;
  /** Rejects when the service cannot continue; the process then exits with code 1. */
  readonly done?: Promise<void>;
}

/** The part of the process that a service needs; tests give a substitute. */
export interface ServiceProcess {
  on(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
}

export interface ServiceOptions {
  readonly name: string;
  readonly logger: Logger;
  /** The signal is aborted when the service is stopped before it has started; `start` may then reject with its reason. */
  readonly start: (signal: AbortSignal) => Promise<RunningService>;
  /** How long `stop` may take before the process exits with code 1, milliseconds. Default 15,000. */
  readonly stopTimeoutMs?: number;
  readonly process?: ServiceProcess;
}

/** The name of a service as log messages begin with it: capitalised. */
export function nameAtStart(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/**
 * Runs a service until SIGTERM or SIGINT: stops it within `stopTimeoutMs` and exits with code 0. The process exits with code 1
 * after a second signal, a failed start, a rejected `done`, an uncaught error, or a stop that takes too long.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { name, logger, stopTimeoutMs = 15_000 } = options;
  const host = options.process ?? process;
  const Name = nameAtStart(name);
  let stopping = false;
  let ended = false;
  const starting = new AbortController();

  const end = (code: number): void => {
    if (ended) return;
    ended = true;
    host.exit(code);
  };
  const fail = (message: string) => (error: unknown) => {
    if (!ended) logger.error({ err: error }, message);
    end(1);
  };

  const started = options.start(starting.signal);

  const stop = async (signal: string): Promise<void> => {
    if (stopping) {
      logger.warn({ signal }, `${Name} exits on the second signal`);
      return end(1);
    }
    stopping = true;
    logger.info({ signal }, `${Name} is stopping`);
    const overrun = setTimeout(
      () => fail(`${Name} did not stop in time`)(new Error(`stop took more than ${stopTimeoutMs} ms`)),
      stopTimeoutMs,
    );
    starting.abort();
    try {
      await (await started).stop();
      logger.info({}, `${Name} stopped`);
      end(0);
    } catch (error) {
      if (error === starting.signal.reason) {
        logger.info({}, `${Name} stopped before it had started`);
        return end(0);
      }
      fail(`${Name} failed to stop`)(error);
    } finally {
      clearTimeout(overrun);
    }
  };

  for (const signal of ['SIGTERM', 'SIGINT']) host.on(signal, () => void stop(signal));
  host.on('uncaughtException', fail(`${Name} failed with an uncaught error`));
  host.on('unhandledRejection', fail(`${Name} failed with an unhandled rejection`));

  try {
    const service = await started;
    if (!stopping) logger.info({}, `${Name} started`);
    await service.done;
  } catch (error) {
    if (!stopping) fail(`${Name} cannot continue`)(error);
  }
}
