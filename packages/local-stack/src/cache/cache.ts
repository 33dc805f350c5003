import { readHostEnvironment } from '../config.ts';
import { StackError } from '../errors.ts';
import { findJava, type Java } from '../host/java.ts';
import { type Artifact, kafkaArtifact, registryArtifact } from './artifacts.ts';
import { ensureArtifact } from './fill.ts';

export interface CacheOptions {
  /** Default: `switchboard` under XDG_CACHE_HOME or ~/.cache. */
  readonly cacheDir?: string | undefined;
  /** One line of progress; silent unless given. */
  readonly report?: ((line: string) => void) | undefined;
  readonly mavenRepository?: string | undefined;
}

/** A program of the cache, ready to be run. */
export interface Program {
  readonly directory: string;
  readonly java: Java;
}

/** The broker's program, fetched on first use. Throws StackError. */
export function ensureKafka(options: CacheOptions = {}): Promise<Program> {
  return ensure(kafkaArtifact, options);
}

/** The registry's program, fetched on first use. Throws StackError. */
export function ensureRegistry(options: CacheOptions = {}): Promise<Program> {
  return ensure(registryArtifact, options);
}

async function ensure(artifact: Artifact, options: CacheOptions): Promise<Program> {
  requirePosix();
  const host = readHostEnvironment();
  const java = await findJava(host);
  const directory = await ensureArtifact(artifact, {
    cacheDir: options.cacheDir ?? host.cacheDir,
    java,
    path: host.path,
    environment: host.inheritedByMaven,
    report: options.report ?? (() => {}),
    mavenRepository: options.mavenRepository,
  });
  return { directory, java };
}

/** Windows has no process groups and signals to run the stack with. */
function requirePosix(): void {
  if (process.platform !== 'win32') return;
  throw new StackError('ERR_STACK_PLATFORM', 'the local stack runs on Linux and macOS. On Windows use WSL, or `docker compose up`.');
}
