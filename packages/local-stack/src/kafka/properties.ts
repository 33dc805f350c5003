/** A member of the cluster as every broker's configuration names it. */
export interface Voter {
  readonly id: number;
  readonly controllerPort: number;
}

export interface BrokerProperties {
  readonly id: number;
  readonly port: number;
  /** A listener of its own for clients, who are told another port than it has: that of a proxy in front of it. */
  readonly proxied?: { readonly port: number; readonly advertisedPort: number } | undefined;
  readonly voters: readonly Voter[];
  readonly logDir: string;
  /** Settings that replace or add to the ones below. */
  readonly settings: Readonly<Record<string, string>>;
}

const YEAR_MINUTES = 365 * 24 * 60;
const MIB = 1024 * 1024;

/** Text of a broker's server.properties. */
export function brokerProperties(broker: BrokerProperties): string {
  const self = broker.voters.find((voter) => voter.id === broker.id);
  if (self === undefined) throw new RangeError(`broker ${broker.id} is not among the voters`);
  const { port, proxied } = broker;
  const replicas = Math.min(3, broker.voters.length);
  const inSync = Math.max(1, replicas - 1);
  const lines: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': broker.id,
    'controller.quorum.voters': broker.voters.map((voter) => `${voter.id}@127.0.0.1:${voter.controllerPort}`).join(','),
    listeners: `BROKER://127.0.0.1:${port},${proxied === undefined ? '' : `CLIENT://127.0.0.1:${proxied.port},`}CONTROLLER://127.0.0.1:${self.controllerPort}`,
    'advertised.listeners': `BROKER://127.0.0.1:${port}${proxied === undefined ? '' : `,CLIENT://127.0.0.1:${proxied.advertisedPort}`}`,
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': broker.logDir,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'offsets.topic.num.partitions': 5,
    'offsets.topic.replication.factor': replicas,
    // A processor that was off for long must find where it stood.
    'offsets.retention.minutes': YEAR_MINUTES,
    'transaction.state.log.num.partitions': 5,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.max.timeout.ms': 60_000,
    // A transaction whose process died keeps readers waiting until the broker looks for expired ones: by default every 10 s.
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': 'false',
    'message.max.bytes': 4 * MIB,
    'replica.fetch.max.bytes': 4 * MIB,
    'log.segment.bytes': 128 * MIB,
    'log.cleaner.dedupe.buffer.size': 16 * MIB,
    // Nothing is deleted that its topic does not say to delete: records keep the time of their notification, which may be long ago.
    'log.retention.ms': -1,
    ...broker.settings,
  };
  return `${Object.entries(lines)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}
