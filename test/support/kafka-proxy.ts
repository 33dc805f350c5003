import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { apiKeys } from './kafka-frames.ts';
import { type ProxyRule, proxyConnection } from './kafka-proxy-connection.ts';
import { createRandom } from './random.ts';

/** One port for each broker, through which clients reach it, and where single requests and answers come to harm. */
export interface KafkaProxy {
  /** In the order of the brokers; to be advertised by them. */
  readonly ports: readonly number[];
  /** Ports of the brokers; until they are known every connection is closed. */
  connectTo(targets: readonly number[]): void;
  /** What happens from now on, in place of what happened before; connections stay. */
  setRules(rules: readonly ProxyRule[]): void;
  /** How often each rule was applied so far, by api and action. */
  counts(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on free ports of the loopback address. The draws follow from the seed. */
export async function startKafkaProxy(options: { readonly brokers: number; readonly seed: number }): Promise<KafkaProxy> {
  const random = createRandom(options.seed);
  const sockets = new Set<Socket>();
  const counts: Record<string, number> = {};
  let targets: readonly number[] = [];
  let rules: { readonly rule: ProxyRule; left: number }[] = [];

  function ruleFor(apiKey: number, stage: 'request' | 'answer'): ProxyRule | undefined {
    for (const entry of rules) {
      const { rule } = entry;
      const isRequest = rule.action === 'hold-request';
      if (apiKeys[rule.api] !== apiKey || isRequest !== (stage === 'request') || entry.left === 0 || !random.oneIn(rule.oneIn)) continue;
      entry.left -= 1;
      const name = `${rule.api} ${rule.action}`;
      counts[name] = (counts[name] ?? 0) + 1;
      return rule;
    }
    return undefined;
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }

  const listen = async (index: number): Promise<Server> => {
    const server = createServer({ noDelay: true }, (client) => {
      const port = targets[index];
      if (port === undefined) client.destroy();
      else proxyConnection({ client, target: { host: HOST, port }, ruleFor, track });
    });
    server.listen(0, HOST);
    await once(server, 'listening');
    return server;
  };
  const servers = await Promise.all(Array.from({ length: options.brokers }, (_, index) => listen(index)));

  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    connectTo(ports) {
      targets = ports;
    },
    setRules(next) {
      rules = next.map((rule) => ({ rule, left: rule.most ?? Number.POSITIVE_INFINITY }));
    },
    counts: () => ({ ...counts }),
    async stop() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
