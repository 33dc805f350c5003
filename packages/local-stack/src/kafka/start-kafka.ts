import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureKafka } from '../cache/cache.ts';
import { readHostEnvironment } from '../config.ts';
import { StackError } from '../errors.ts';
import { requireDiskSpace } from '../host/disk-space.ts';
import { choosePorts } from '../host/ports.ts';
import type { ChildEnd } from '../process/child.ts';
import { type Claim, claimDirectory } from '../process/claim.ts';
import { type Broker, openBroker } from './broker.ts';
import { newClusterId, repairStorage } from './storage.ts';

export interface KafkaOptions {
  /** Kept between starts: records, configuration, log file. Created when absent. */
  readonly dataDir: string;
  readonly cacheDir?: string | undefined;
  /** Port for clients. Fixed when given; else 19092 or the next free one. */
  readonly port?: number | undefined;
  /** Port of the controller. Fixed when given; else 19093 or the next free one. */
  readonly controllerPort?: number | undefined;
  /** Default 1. */
  readonly nodeId?: number;
  /** Most heap, MiB. Default 512. */
  readonly heapMib?: number;
  /** Compile for speed in the long run, at the price of a slower start. Default false. */
  readonly longRunning?: boolean;
  /** Settings of server.properties that replace or add to the stack's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** One line of progress; silent unless given. */
  readonly report?: ((line: string) => void) | undefined;
}

/** A running single broker. It ends with this process, whatever ends this process. */
export interface Kafka {
  /** `127.0.0.1:<port>`, as KAFKA_BROKERS takes it. */
  readonly bootstrap: string;
  readonly brokers: readonly string[];
  readonly port: number;
  readonly logFile: string;
  /** Process id of the broker; undefined while it does not run. */
  pid(): number | undefined;
  /** Clean end; the directory is free afterwards. */
  stop(): Promise<void>;
  /** SIGKILL. `restart` brings the broker back. */
  kill(): Promise<void>;
  /** Ends it cleanly when it runs, starts it on the same ports and data, and waits until it is ready. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay open and nobody answers. */
  pause(): void;
  resume(): void;
  /** Resolves when the process that runs now has ended. */
  ended(): Promise<ChildEnd | undefined>;
}

const PORT_ATTEMPTS = 5;
const DATA_MIB = 300;

/**
 * Starts one broker on the loopback address and resolves when produce and group look-up succeed. Data of an earlier start is used again;
 * half a format and a broker left over from a killed run are repaired. Throws StackError.
 */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const report = options.report ?? (() => {});
  const program = await ensureKafka(options);
  await mkdir(options.dataDir, { recursive: true });
  await requireDiskSpace(options.dataDir, DATA_MIB, 'Kafka');
  const id = options.nodeId ?? 1;
  const directory = join(options.dataDir, String(id));
  const broker = await startOnFreePorts(
    options,
    () => claimDirectory(directory, report),
    async (claim, port, controllerPort) => {
      const state = await repairStorage(directory, report).catch((error: unknown) => releaseAndThrow(claim, error));
      return openBroker({
        id,
        port,
        voters: [{ id, controllerPort }],
        settings: options.settings ?? {},
        program,
        claim,
        clusterId: state.kind === 'formatted' ? state.clusterId : newClusterId(),
        heapMib: options.heapMib ?? 512,
        longRunning: options.longRunning ?? false,
        writeClassData: true,
        environment: readHostEnvironment().inherited,
        report,
      });
    },
  );
  const bootstrap = `127.0.0.1:${broker.port}`;
  return {
    bootstrap,
    brokers: [bootstrap],
    port: broker.port,
    logFile: broker.logFile,
    pid: () => broker.running()?.pid,
    async stop() {
      await broker.stop();
      await broker.release();
    },
    kill: () => broker.kill(),
    async restart() {
      await broker.stop();
      await broker.start();
      await broker.untilReady([broker.id]);
    },
    pause: () => broker.running()?.signal('SIGSTOP'),
    resume: () => broker.running()?.signal('SIGCONT'),
    ended: async () => broker.running()?.ended,
  };
}

// A port that was free when it was looked at may be taken by the time the broker opens it.
async function startOnFreePorts(
  options: KafkaOptions,
  claimData: () => Promise<Claim>,
  open: (claim: Claim, port: number, controllerPort: number) => Promise<Broker>,
): Promise<Broker> {
  const fixed = options.port !== undefined && options.controllerPort !== undefined;
  for (let attempt = 1; ; attempt += 1) {
    // Before the ports: a broker left over from an earlier run may hold them.
    const claim = await claimData();
    const ports = await choosePorts({
      client: { purpose: 'Kafka', fixed: options.port, preferred: 19_092 },
      controller: { purpose: "Kafka's controller", fixed: options.controllerPort, preferred: 19_093 },
    }).catch((error: unknown) => releaseAndThrow(claim, error));
    const broker = await open(claim, ports.client, ports.controller);
    try {
      await broker.start();
      await broker.untilReady([broker.id]);
      return broker;
    } catch (error) {
      await broker.stop();
      await broker.release();
      const again = error instanceof StackError && error.code === 'ERR_STACK_PORT_TAKEN' && !fixed && attempt < PORT_ATTEMPTS;
      if (!again) throw error;
    }
  }
}

async function releaseAndThrow(claim: Claim, error: unknown): Promise<never> {
  await claim.release();
  throw error;
}
