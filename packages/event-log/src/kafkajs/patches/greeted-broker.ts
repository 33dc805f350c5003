/** The members of kafkajs's Broker that the replacement touches. */
export interface ReplaceableBroker {
  /** Gives the version of a request that both sides know; one that throws until the broker has told its versions. */
  lookupRequest: unknown;
  isConnected(): boolean;
  connect(): Promise<void>;
}

export type BrokerClass = new (options: never) => ReplaceableBroker;

/**
 * A Broker that counts as connected once it has told which versions it knows. The stock one does as soon as its socket is open: where
 * the first question was not answered in time, the next try to connect finds nothing left to do, and every request after that fails
 * with an error that no retry is made for.
 */
export function greetedBroker(Stock: BrokerClass): BrokerClass {
  return class GreetedBroker extends Stock {
    readonly #unknown = this.lookupRequest;

    override isConnected(): boolean {
      return this.lookupRequest !== this.#unknown && super.isConnected();
    }
  };
}
