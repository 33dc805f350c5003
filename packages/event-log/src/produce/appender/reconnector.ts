import type { Clock } from '../../clock.ts';
import type { LogLogger } from '../../logger.ts';
import { pause } from '../../retry.ts';
import type { Breaker } from './breaker.ts';
import type { OpenProducerSession, ProducerSession } from './producer-session.ts';

/** Keeps a producer session open: opens another when one was discarded, and retries without a limit. */
export interface Reconnector {
  session(): ProducerSession | undefined;
  /** Resolves when the first attempt to connect has ended, successful or not. */
  readonly firstAttempt: Promise<void>;
  /** Closes a session whose producer was discarded, and opens another. */
  replace(session: ProducerSession): void;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const PROBE_EVERY_MS = 500;

export function createReconnector(options: {
  readonly openSession: OpenProducerSession;
  readonly breaker: Breaker;
  readonly clock: Clock;
  readonly logger: LogLogger;
  readonly onOpen: () => void;
}): Reconnector {
  const { breaker, clock, logger } = options;
  const { promise: firstAttempt, resolve: attempted } = Promise.withResolvers<void>();
  let current: ProducerSession | undefined;
  let stopped = false;
  let probing = false;
  let cancelProbe: (() => void) | undefined;

  const onRound = (progress: boolean): void => {
    if (progress) breaker.succeeded();
    else breaker.failed();
  };

  async function connect(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !stopped; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const session = await options.openSession({ onRound });
        if (stopped) {
          await session.close();
          return;
        }
        current = session;
        breaker.reachable();
        options.onOpen();
        return;
      } catch (error) {
        breaker.failed();
        logger.warn({ err: error, retryInMs: pauseMs }, 'Kafka connection failed');
      } finally {
        attempted();
      }
      await pause(pauseMs, clock);
    }
  }

  /** While the breaker is open no record tries the cluster, so this does. */
  async function probe(): Promise<void> {
    cancelProbe = clock.after(PROBE_EVERY_MS, probe);
    if (!breaker.open() || current === undefined || probing) return;
    probing = true;
    try {
      await current.ping();
      breaker.reachable();
    } catch (error) {
      logger.debug({ err: error }, 'Kafka is still unavailable');
    } finally {
      probing = false;
    }
  }

  void connect();
  cancelProbe = clock.after(PROBE_EVERY_MS, probe);
  return {
    session: () => current,
    firstAttempt,
    replace(session) {
      if (session !== current) return;
      current = undefined;
      session.close().catch(() => undefined);
      void connect();
    },
    async stop() {
      stopped = true;
      cancelProbe?.();
      await current?.close();
    },
  };
}
