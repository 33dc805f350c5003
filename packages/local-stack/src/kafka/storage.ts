import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../cache/cache.ts';
import { classDataFor } from '../cache/class-data.ts';
import { StackError } from '../errors.ts';

/** What a broker's data directory says of itself. */
export type StorageState =
  | { readonly kind: 'formatted'; readonly clusterId: string; readonly nodeId: number }
  /** Nothing of ours, or what is left after damage. `records`: there are partitions in it all the same. */
  | { readonly kind: 'unformatted'; readonly halfDone: boolean; readonly records: boolean };

const META = 'meta.properties';
const BOOTSTRAP = 'bootstrap.checkpoint';
// Of the two files that a format makes, the original. The metadata log knows the directory by the id in it, so a new format would
// not do: the broker would hold every partition for lost.
const ORIGINAL = 'formatted';
const DATA = 'data';

/** A new cluster id: 16 random bytes, as Kafka writes them. Never begins with a dash, which its tools take for an option. */
export function newClusterId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

export async function inspectStorage(logDir: string): Promise<StorageState> {
  const meta = await readFile(join(logDir, META), 'utf8').catch(() => undefined);
  const bootstrap = await stat(join(logDir, BOOTSTRAP)).catch(() => undefined);
  const clusterId = /^cluster\.id=(\S+)\s*$/m.exec(meta ?? '')?.[1];
  const nodeId = /^node\.id=(\d+)\s*$/m.exec(meta ?? '')?.[1];
  const whole = clusterId !== undefined && nodeId !== undefined && /^version=1\s*$/m.test(meta ?? '') && (bootstrap?.size ?? 0) > 0;
  if (whole) return { kind: 'formatted', clusterId, nodeId: Number(nodeId) };
  const entries = await readdir(logDir).catch(() => []);
  return {
    kind: 'unformatted',
    halfDone: meta !== undefined || bootstrap !== undefined,
    records: entries.some((entry) => /-\d+$/.test(entry)),
  };
}

/** Where a broker keeps its records, under its own directory. */
export function logDirOf(directory: string): string {
  return join(directory, DATA);
}

/** The state of the broker's directory after what can be repaired has been. Throws ERR_STACK_DATA_DAMAGED. */
export async function repairStorage(directory: string, report: (line: string) => void): Promise<StorageState> {
  const logDir = logDirOf(directory);
  const state = await inspectStorage(logDir);
  if (state.kind === 'formatted') return state;
  const original = await inspectStorage(join(directory, ORIGINAL));
  if (original.kind === 'formatted') {
    if (state.halfDone || state.records) report(`${logDir} is half-formatted; completing it`);
    await copyFormat(directory);
    return original;
  }
  if (state.records) {
    throw new StackError(
      'ERR_STACK_DATA_DAMAGED',
      `${logDir} holds records, but no whole ${META} that says whose, and no copy of it is left. Put it back, or remove the directory and all its records.`,
    );
  }
  return state;
}

export interface FormatOptions {
  readonly program: Program;
  /** The broker's own directory. */
  readonly directory: string;
  /** Text of a server.properties with the given directory for records. */
  readonly properties: (logDir: string) => string;
  readonly nodeId: number;
  readonly clusterId: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/** Makes the directory one that the broker accepts. Throws ERR_STACK_DATA_DAMAGED and, when it is another node's, ERR_STACK_DATA_MISMATCH. */
export async function prepareStorage(options: FormatOptions): Promise<void> {
  const { directory, nodeId } = options;
  const state = await repairStorage(directory, options.report);
  if (state.kind === 'unformatted') {
    if (state.halfDone) options.report(`${logDirOf(directory)} is half-formatted; formatting it again`);
    await format(options);
    await copyFormat(directory);
  } else if (state.nodeId !== nodeId) {
    throw new StackError(
      'ERR_STACK_DATA_MISMATCH',
      `${directory} holds the data of broker ${state.nodeId}, not of broker ${nodeId}. Choose another directory, or remove this one and all its records.`,
    );
  }
}

// The tool works on a directory of its own, so that the true one has all of a format or nothing of it.
async function format(options: FormatOptions): Promise<void> {
  const { program, directory, clusterId } = options;
  const original = join(directory, ORIGINAL);
  const propertiesFile = join(directory, 'format.properties');
  await rm(original, { recursive: true, force: true });
  await mkdir(original, { recursive: true });
  await writeFile(propertiesFile, options.properties(original));
  const classData = await classDataFor(program.directory, 'kafka', program.java, { write: false });
  const args = [
    ...classData.flags,
    '-XX:TieredStopAtLevel=1',
    ...classPath(program),
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    clusterId,
    '--config',
    propertiesFile,
  ];
  await promisify(execFile)(program.java.command, args, { env: options.environment, timeout: 120_000 }).catch(
    (error: { stderr?: string; stdout?: string }) => {
      const words = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n').slice(-3).join(' | ');
      throw new StackError('ERR_STACK_ENDED_EARLY', `formatting ${directory} failed: ${words}`, { cause: error });
    },
  );
  await rm(propertiesFile, { force: true });
}

async function copyFormat(directory: string): Promise<void> {
  const logDir = logDirOf(directory);
  await mkdir(logDir, { recursive: true });
  for (const name of [BOOTSTRAP, META]) {
    const part = join(directory, `${name}.part`);
    await copyFile(join(directory, ORIGINAL, name), part);
    await rename(part, join(logDir, name));
  }
}

/** Arguments that every program of the broker's jars needs. */
export function classPath(program: Program): string[] {
  return ['-cp', join(program.directory, 'libs', '*'), `-Dlog4j2.configurationFile=${join(program.directory, 'log4j2.properties')}`];
}
