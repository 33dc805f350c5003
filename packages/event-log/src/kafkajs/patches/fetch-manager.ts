/** The members of kafkajs's fetch manager that the replacement touches. */
export interface FetchManager {
  /** Fetches until it is stopped or a fetch fails. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface FetchManagerOptions {
  /** Asked whenever fetchers are made, one for each broker, and again before each fetch. */
  readonly getNodeIds: () => readonly unknown[];
}

export type CreateFetchManager<Options extends FetchManagerOptions> = (options: Options) => FetchManager;

const STOPPED = new Error('no more fetchers are made');

/**
 * A fetch manager that makes no more fetchers once it was told to stop. The stock one makes them anew whenever the set of
 * brokers has changed, also when it was stopped while the earlier ones were ending; and as a consumer that does not run
 * fetches nothing, at once, those go round for ever and let no timer and no signal in.
 */
export function stoppableFetchManager<Options extends FetchManagerOptions>(
  createStock: CreateFetchManager<Options>,
): CreateFetchManager<Options> {
  return function createStoppableFetchManager(options) {
    let stopped = false;
    const stock = createStock({
      ...options,
      getNodeIds() {
        // Fetchers that were stopped fetch no more: only those that would be made now ask.
        if (stopped) throw STOPPED;
        return options.getNodeIds();
      },
    });
    return {
      ...stock,
      async start() {
        stopped = false;
        try {
          await stock.start();
        } catch (error) {
          if (error !== STOPPED) throw error;
        }
      },
      async stop() {
        stopped = true;
        await stock.stop();
      },
    };
  };
}
