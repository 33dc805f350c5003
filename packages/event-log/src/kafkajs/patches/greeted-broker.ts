import type { BrokerClass } from './broker-class.ts';

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
