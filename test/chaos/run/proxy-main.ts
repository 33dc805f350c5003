/** The proxy in front of a run's brokers as a process of its own. */
import { serveCalls } from '../../bench/support/rpc.ts';
import { type KafkaProxy, startKafkaProxy } from '../../support/kafka-proxy.ts';
import type { ProxyRule } from '../../support/kafka-proxy-connection.ts';

let proxy: KafkaProxy | undefined;

const calls = {
  /** Gives the ports. */
  async start(options: { brokers: number; seed: number }): Promise<readonly number[]> {
    proxy = await startKafkaProxy(options);
    return proxy.ports;
  },
  connectTo(targets: readonly number[]): void {
    proxy?.connectTo(targets);
  },
  setRules(rules: readonly ProxyRule[]): void {
    proxy?.setRules(rules);
  },
  counts: (_argument: null): Readonly<Record<string, number>> => proxy?.counts() ?? {},
};
export type ProxyCalls = typeof calls;
serveCalls(calls);
