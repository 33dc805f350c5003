import type { Logger } from './logger.ts';

export interface RunningService {
  /** Turns readiness off, ends intake, finishes what is in flight, closes connections. */
  stop(): Promise<void>;
  /** Rejects when the service cannot go on; it then ends with code 1. */
  readonly done?: Promise<void>;
}

/** The part of the process that a service needs; a test gives its own. */
export interface ServiceProcess {
  on(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
}

export interface ServiceOptions {
  readonly name: string;
  readonly logger: Logger;
  /** The signal is aborted when the service is to end before it has started; `start` may then reject with its reason. */
  readonly start: (signal: AbortSignal) => Promise<RunningService>;
  /** How long stop may take before the process ends with code 1, milliseconds. Default 15,000. */
  readonly stopTimeoutMs?: number;
  readonly process?: ServiceProcess;
}

/**
 * Runs a service until SIGTERM or SIGINT: stops it within its budget and ends with 0. A second signal ends the process at
 * once. A failed start, a rejected `done`, an uncaught error or an overrun budget end it with 1.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { name, logger, stopTimeoutMs = 15_000 } = options;
  const host = options.process ?? process;
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
      logger.warn({ signal }, `${name} ends at once`);
      return end(1);
    }
    stopping = true;
    logger.info({ signal }, `${name} is stopping`);
    const overrun = setTimeout(
      () => fail(`${name} did not stop in time`)(new Error(`stop took more than ${stopTimeoutMs} ms`)),
      stopTimeoutMs,
    );
    starting.abort();
    try {
      await (await started).stop();
      logger.info({}, `${name} stopped`);
      end(0);
    } catch (error) {
      if (error === starting.signal.reason) {
        logger.info({}, `${name} stopped before it had started`);
        return end(0);
      }
      fail(`${name} failed to stop`)(error);
    } finally {
      clearTimeout(overrun);
    }
  };

  for (const signal of ['SIGTERM', 'SIGINT']) host.on(signal, () => void stop(signal));
  host.on('uncaughtException', fail(`${name} met an uncaught error`));
  host.on('unhandledRejection', fail(`${name} met an unhandled rejection`));

  try {
    const service = await started;
    if (!stopping) logger.info({}, `${name} started`);
    await service.done;
  } catch (error) {
    if (!stopping) fail(`${name} cannot go on`)(error);
  }
}
