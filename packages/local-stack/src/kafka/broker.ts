import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from '../cache/cache.ts';
import { type ClassData, classDataFor } from '../cache/class-data.ts';
import { StackError } from '../errors.ts';
import { type Child, type ChildEnd, lastLines, startChild, untilReady } from '../process/child.ts';
import type { Claim } from '../process/claim.ts';
import { type BrokerProperties, brokerProperties } from './properties.ts';
import { isReady } from './readiness.ts';
import { classPath, logDirOf, prepareStorage } from './storage.ts';

export interface BrokerOptions extends Omit<BrokerProperties, 'logDir'> {
  readonly program: Program;
  /** Everything of this broker stands in the claimed directory: configuration, log file, records. */
  readonly claim: Claim;
  readonly clusterId: string;
  readonly heapMib: number;
  readonly longRunning: boolean;
  /** Whether the clean end of this broker may write the class-data archive. */
  readonly writeClassData: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/** A broker that can be ended and started again on the same ports and data. */
export interface Broker {
  readonly id: number;
  readonly port: number;
  readonly logFile: string;
  /** Starts the process; resolves when it runs, not when it is ready. Does nothing when it runs already. */
  start(): Promise<void>;
  /** Waits until clients can use it, together with the brokers named. Throws StackError. */
  untilReady(expectedBrokers: readonly number[]): Promise<void>;
  /** Undefined while no process runs. */
  running(): Child | undefined;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Gives the directory free; the broker must not run. */
  release(): Promise<void>;
}

const READY_TIMEOUT_MS = 90_000;

/** Writes the broker's configuration and formats its directory when needed. The claim is released when that fails. Throws StackError. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { id, port, claim, program } = options;
  const { directory } = claim;
  const propertiesFile = join(directory, 'server.properties');
  const logFile = join(directory, 'broker.log');
  try {
    const properties = (logDir: string): string => brokerProperties({ ...options, logDir });
    await writeFile(propertiesFile, properties(logDirOf(directory)));
    await prepareStorage({ ...options, nodeId: id, directory, properties });
  } catch (error) {
    await claim.release();
    throw error;
  }

  let child: Child | undefined;
  let classData: ClassData | undefined;
  const running = (): Child | undefined => (child?.end() === undefined ? child : undefined);

  return {
    id,
    port,
    logFile,
    running,
    async start() {
      if (running() !== undefined) return;
      classData = await classDataFor(program.directory, 'kafka', program.java, { write: options.writeClassData });
      child = await startChild({
        command: program.java.command,
        args: [
          ...classData.flags,
          '-Xms128m',
          `-Xmx${options.heapMib}m`,
          '-XX:+UseG1GC',
          // The full compiler takes longer to warm up than a test or a demonstration lasts: 6 s of CPU to readiness against 2.7 s.
          ...(options.longRunning ? [] : ['-XX:TieredStopAtLevel=1']),
          '-XX:ActiveProcessorCount=2',
          `-Dkafka.logs.dir=${directory}`,
          ...classPath(program),
          'kafka.Kafka',
          propertiesFile,
        ],
        environment: options.environment,
        logFile,
        directory,
      });
      await claim.record(child.pid);
    },
    async untilReady(expectedBrokers) {
      const started = child;
      if (started === undefined) throw new Error(`broker ${id} was not started`);
      const state = await untilReady(started, () => isReady(port, options.clusterId, expectedBrokers), READY_TIMEOUT_MS);
      if (state === 'ready') return;
      const output = await started.output();
      if (state === 'ended') throw endedEarly(id, directory, logFile, started.end(), output);
      throw new StackError(
        'ERR_STACK_NOT_READY',
        `broker ${id} is not ready after ${READY_TIMEOUT_MS / 1000} s; see ${logFile}\n${lastLines(output)}`,
      );
    },
    async stop() {
      const end = await running()?.stop();
      if (end !== undefined && end.signal !== 'SIGKILL') await classData?.keep();
    },
    async kill() {
      await running()?.kill();
    },
    release: () => claim.release(),
  };
}

function endedEarly(id: number, directory: string, logFile: string, end: ChildEnd | undefined, output: string): StackError {
  if (/Address already in use/.test(output)) {
    return new StackError('ERR_STACK_PORT_TAKEN', `a port of broker ${id} was taken while it started; see ${logFile}`);
  }
  if (/Failed to acquire lock on file \.lock/.test(output)) {
    return new StackError('ERR_STACK_IN_USE', `another Kafka broker uses ${directory}. Stop it, or choose another data directory.`);
  }
  return new StackError(
    'ERR_STACK_ENDED_EARLY',
    `broker ${id} ended (${end?.signal ?? `status ${end?.code}`}) before it was ready; see ${logFile}\n${lastLines(output)}`,
  );
}
