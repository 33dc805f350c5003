import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureKafka } from '../cache/cache.ts';
import { readHostEnvironment } from '../config.ts';
import { StackError } from '../errors.ts';
import { requireDiskSpace } from '../host/disk-space.ts';
import { claimDirectory } from '../process/claim.ts';
import { type PartitionState, readMetadata } from '../wire/metadata.ts';
import { type Broker, openBroker } from './broker.ts';
import { chooseClusterPorts } from './cluster-ports.ts';
import { type LeaderMove, moveLeaders } from './move-leaders.ts';
import { newClusterId, repairStorage } from './storage.ts';
import { until } from './until.ts';

export interface ClusterOptions {
  /** Number of brokers, ids from 1. Default 3. */
  readonly size?: number;
  /** Default: a directory of its own, removed by `close`. */
  readonly dataDir?: string | undefined;
  readonly cacheDir?: string | undefined;
  /** Most heap of each broker, MiB. Default 384. */
  readonly heapMib?: number;
  /** Compile for speed in the long run, at the price of a slower start. Default false. */
  readonly longRunning?: boolean;
  /** Settings of server.properties that replace or add to the stack's own: replication 3, in-sync minimum 2. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Ports of a proxy in front of each broker, in the order of the ids. Clients that begin at one of them are told these alone, while the
   * brokers talk to each other and to clients of `brokers` directly. The proxy is to forward to `proxiedPorts`.
   */
  readonly advertisedPorts?: readonly number[] | undefined;
  /** One line of progress; silent unless given. */
  readonly report?: ((line: string) => void) | undefined;
}

/** Several brokers, each of which can be taken away and brought back on the same port and data. They end with this process. */
export interface Cluster {
  /** `127.0.0.1:<port>,…` of every broker, as KAFKA_BROKERS takes it. */
  readonly bootstrap: string;
  readonly brokers: readonly string[];
  readonly ids: readonly number[];
  /** Ports behind the advertised ones, in the order of the ids; empty where none are advertised. */
  readonly proxiedPorts: readonly number[];
  readonly dataDir: string;
  /** Ids of the brokers that have a process; a paused one counts. */
  running(): readonly number[];
  /** SIGKILL; resolves when the process is gone, before the others have noticed. */
  kill(id: number): Promise<void>;
  /** Clean end: the broker hands its leaders over first. */
  stop(id: number): Promise<void>;
  /** Ends it cleanly when it runs, starts it, and waits until it is a member again. See `untilInSync` for its replicas. */
  restart(id: number): Promise<void>;
  /** SIGSTOP and SIGCONT. A broker paused for longer than its session, 9 s, is fenced by the others. */
  pause(id: number): void;
  resume(id: number): void;
  /** Gives every partition of the topic, or of all topics, another leader from its in-sync replicas; resolves when they lead. */
  moveLeaders(topic?: string): Promise<readonly LeaderMove[]>;
  /** Id of the leader; -1 while there is none. Throws RangeError for an unknown partition. */
  leaderOf(topic: string, partition: number): Promise<number>;
  /** State of every partition of the topic, or of all topics. */
  partitions(topic?: string): Promise<readonly PartitionState[]>;
  /** Resolves when every replica of the topic, or of all topics, is in sync. Throws ERR_STACK_NOT_READY after `timeoutMs`, default 60 s. */
  untilInSync(topic?: string, timeoutMs?: number): Promise<void>;
  /** Ends every broker; removes the data unless `dataDir` was given. */
  close(): Promise<void>;
}

const DATA_MIB_PER_BROKER = 200;

/** Starts the brokers side by side on free ports and resolves when clients can use all of them. Throws StackError. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const ids = Array.from({ length: options.size ?? 3 }, (_, index) => index + 1);
  const report = options.report ?? (() => {});
  const program = await ensureKafka(options);
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'switchboard-cluster-')));
  await mkdir(dataDir, { recursive: true });
  await requireDiskSpace(dataDir, DATA_MIB_PER_BROKER * ids.length, 'A Kafka cluster');
  const clusterId = await existingClusterId(dataDir, ids, report);
  const ports = await chooseClusterPorts(ids);
  const voters = ids.map((id) => ({ id, controllerPort: ports.controller(id) }));
  const proxiedOf = (id: number) => {
    const advertisedPort = options.advertisedPorts?.[ids.indexOf(id)];
    return advertisedPort === undefined ? undefined : { port: ports.proxied(id), advertisedPort };
  };

  const brokers = new Map<number, Broker>();
  const close = async (): Promise<void> => {
    await Promise.all([...brokers.values()].map((broker) => broker.kill()));
    await Promise.all([...brokers.values()].map((broker) => broker.release()));
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  const broker = (id: number): Broker => {
    const found = brokers.get(id);
    if (found === undefined) throw new RangeError(`there is no broker ${id}; ids are ${ids.join(', ')}`);
    return found;
  };
  const running = (): number[] => ids.filter((id) => brokers.get(id)?.running() !== undefined);

  // Each question goes to all: a broker that has answered one may be paused before the next, and the first that answers speaks for all.
  const ask = <Answer>(question: (port: number) => Promise<Answer>): Promise<Answer> =>
    Promise.any(running().map((id) => question(broker(id).port))).catch(() => {
      throw new StackError('ERR_STACK_NOT_READY', 'no broker of the cluster answers');
    });
  const partitions = async (topic?: string): Promise<readonly PartitionState[]> =>
    (await ask((port) => readMetadata(port, topic))).partitions;
  const answeringPort = (): Promise<number> => ask((port) => readMetadata(port).then(() => port));

  try {
    await Promise.all(
      ids.map(async (id) => {
        const opened = await openBroker({
          id,
          port: ports.client(id),
          proxied: proxiedOf(id),
          voters,
          settings: options.settings ?? {},
          program,
          claim: await claimDirectory(join(dataDir, String(id)), report),
          clusterId,
          heapMib: options.heapMib ?? 384,
          longRunning: options.longRunning ?? false,
          writeClassData: false,
          environment: readHostEnvironment().inherited,
          report,
        });
        brokers.set(id, opened);
        await opened.start();
      }),
    );
    await Promise.all(ids.map((id) => broker(id).untilReady(ids)));
  } catch (error) {
    await close();
    throw error;
  }

  const addresses = ids.map((id) => `127.0.0.1:${ports.client(id)}`);
  return {
    bootstrap: addresses.join(','),
    brokers: addresses,
    ids,
    proxiedPorts: ids.flatMap((id) => proxiedOf(id)?.port ?? []),
    dataDir,
    running,
    kill: (id) => broker(id).kill(),
    stop: (id) => broker(id).stop(),
    async restart(id) {
      await broker(id).stop();
      await broker(id).start();
      await broker(id).untilReady([id]);
    },
    pause: (id) => broker(id).running()?.signal('SIGSTOP'),
    resume: (id) => broker(id).running()?.signal('SIGCONT'),
    moveLeaders: async (topic) => moveLeaders(await answeringPort(), topic),
    async leaderOf(topic, partition) {
      const found = (await partitions(topic)).find((state) => state.partition === partition);
      if (found === undefined) throw new RangeError(`there is no partition ${partition} of ${topic}`);
      return found.leader;
    },
    partitions,
    untilInSync: (topic, timeoutMs = 60_000) =>
      until(`every replica of ${topic ?? 'all topics'} is in sync`, timeoutMs, async () =>
        (await partitions(topic)).every((state) => state.inSync.length === state.replicas.length),
      ),
    close,
  };
}

async function existingClusterId(dataDir: string, ids: readonly number[], report: (line: string) => void): Promise<string> {
  for (const id of ids) {
    const state = await repairStorage(join(dataDir, String(id)), report);
    if (state.kind === 'formatted') return state.clusterId;
  }
  return newClusterId();
}
