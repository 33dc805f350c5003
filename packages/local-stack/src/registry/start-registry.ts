import { join } from 'node:path';
import { ensureRegistry, type Program } from '../cache/cache.ts';
import { type ClassData, classDataFor } from '../cache/class-data.ts';
import { readHostEnvironment } from '../config.ts';
import { StackError } from '../errors.ts';
import { choosePorts } from '../host/ports.ts';
import { type Child, type ChildEnd, lastLines, startChild, untilReady } from '../process/child.ts';
import { type Claim, claimDirectory } from '../process/claim.ts';
import { answersCompatApi, requireFullCompatibility } from './compat-api.ts';

export interface RegistryOptions {
  /** Kept between starts: schemas and their ids, log file. Created when absent. */
  readonly dataDir: string;
  readonly cacheDir?: string | undefined;
  /** Fixed when given; else 18085 or the next free one. */
  readonly port?: number | undefined;
  /** One line of progress; silent unless given. */
  readonly report?: ((line: string) => void) | undefined;
}

/** A running schema registry. It ends with this process, whatever ends this process. */
export interface Registry {
  /** Base of the Confluent-compatible API, as SCHEMA_REGISTRY_URL takes it. */
  readonly url: string;
  readonly port: number;
  readonly logFile: string;
  pid(): number | undefined;
  /** Clean end; the directory is free afterwards. */
  stop(): Promise<void>;
  /** SIGKILL. `restart` brings it back. */
  kill(): Promise<void>;
  /** Ends it when it runs, starts it on the same port and data, and waits until it is ready. */
  restart(): Promise<void>;
  /** Resolves when the process that runs now has ended. */
  ended(): Promise<ChildEnd | undefined>;
}

const READY_TIMEOUT_MS = 120_000;
const PORT_ATTEMPTS = 5;

/**
 * Starts the registry on the loopback address, with the schemas in a file, so that their ids are the same after a restart. Resolves when
 * the API answers and the rule for new versions is FULL_TRANSITIVE. Throws StackError.
 */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const program = await ensureRegistry(options);
  const claim = await claimDirectory(options.dataDir, options.report ?? (() => {}));
  try {
    return await startOnFreePort(options, program, claim);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function startOnFreePort(options: RegistryOptions, program: Program, claim: Claim): Promise<Registry> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts({
      api: { purpose: 'the schema registry', fixed: options.port, preferred: 18_085 },
      management: { purpose: "the schema registry's management", preferred: 18_585 },
    });
    const registry = createRegistry(program, claim, ports);
    try {
      await registry.restart();
      return registry;
    } catch (error) {
      await registry.kill();
      if (!(error instanceof StackError && error.code === 'ERR_STACK_PORT_TAKEN' && attempt < PORT_ATTEMPTS)) throw error;
    }
  }
}

function createRegistry(program: Program, claim: Claim, ports: { readonly api: number; readonly management: number }): Registry {
  const url = `http://127.0.0.1:${ports.api}/apis/ccompat/v7`;
  const logFile = join(claim.directory, 'registry.log');
  let child: Child | undefined;
  let classData: ClassData | undefined;
  const running = (): Child | undefined => (child?.end() === undefined ? child : undefined);

  const end = async (): Promise<void> => {
    const ended = await running()?.stop();
    if (ended !== undefined && ended.signal !== 'SIGKILL') await classData?.keep();
  };
  return {
    url,
    port: ports.api,
    logFile,
    pid: () => running()?.pid,
    async stop() {
      await end();
      await claim.release();
    },
    async kill() {
      await running()?.kill();
    },
    async restart() {
      await end();
      classData = await classDataFor(program.directory, 'registry', program.java, { write: true });
      const started = await startChild({
        command: program.java.command,
        args: [
          ...classData.flags,
          '-Xms64m',
          '-Xmx384m',
          '-XX:TieredStopAtLevel=1',
          '-jar',
          join(program.directory, 'app', 'quarkus-run.jar'),
        ],
        environment: environmentOf(claim.directory, ports),
        logFile,
        directory: claim.directory,
      });
      child = started;
      await claim.record(started.pid);
      // Another registry may have taken the port meanwhile and would answer in the place of this one.
      const opened = async () => (await started.output()).includes(`Listening on: http://127.0.0.1:${ports.api}.`);
      const state = await untilReady(started, async () => (await opened()) && (await answersCompatApi(url)), READY_TIMEOUT_MS);
      if (state !== 'ready') throw notReady(state, logFile, await started.output());
      await requireFullCompatibility(url);
    },
    ended: async () => running()?.ended,
  };
}

function environmentOf(directory: string, ports: { readonly api: number; readonly management: number }): Record<string, string> {
  return {
    ...readHostEnvironment().inherited,
    QUARKUS_HTTP_HOST: '127.0.0.1',
    QUARKUS_HTTP_PORT: String(ports.api),
    QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
    QUARKUS_MANAGEMENT_PORT: String(ports.management),
    QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
    APICURIO_STORAGE_KIND: 'sql',
    APICURIO_STORAGE_SQL_KIND: 'h2',
    // Written when it is acknowledged, and not up to half a second later: an id that was given out is never given out again.
    APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(directory, 'registry')};WRITE_DELAY=0`,
  };
}

function notReady(state: 'ended' | 'late', logFile: string, output: string): StackError {
  const log = `see ${logFile}\n${lastLines(output)}`;
  if (/Port\(?s?\)? .*(already in use|already bound|seems to be in use)|Address already in use/i.test(output)) {
    return new StackError('ERR_STACK_PORT_TAKEN', `a port of the schema registry was taken while it started; ${log}`);
  }
  if (/Database may be already in use/i.test(output)) {
    return new StackError('ERR_STACK_IN_USE', `another process uses the registry's data; ${log}`);
  }
  if (state === 'ended') return new StackError('ERR_STACK_ENDED_EARLY', `the schema registry ended before it was ready; ${log}`);
  return new StackError('ERR_STACK_NOT_READY', `the schema registry is not ready after ${READY_TIMEOUT_MS / 1000} s; ${log}`);
}
