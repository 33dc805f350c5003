import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../cache/cache.ts';
import { classDataFor } from '../cache/class-data.ts';
import { StackError } from '../errors.ts';

/** What a broker's data directory is, before the broker sees it. */
export type StorageState =
  | { readonly kind: 'formatted'; readonly clusterId: string; readonly nodeId: number }
  /** Nothing of ours, or what a format or a crash in it left behind: the records, if there are any, are kept when it is formatted again. */
  | { readonly kind: 'unformatted'; readonly halfDone: boolean };

const META = 'meta.properties';
const BOOTSTRAP = 'bootstrap.checkpoint';

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
  return { kind: 'unformatted', halfDone: meta !== undefined || bootstrap !== undefined };
}

export interface FormatOptions {
  readonly program: Program;
  readonly logDir: string;
  readonly propertiesFile: string;
  readonly nodeId: number;
  readonly clusterId: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
}

/**
 * Makes the directory one that the broker accepts. Half a format is done again over what is there; a directory that belongs to another
 * node is refused with ERR_STACK_DATA_MISMATCH.
 */
export async function prepareStorage(options: FormatOptions): Promise<void> {
  const { logDir, nodeId } = options;
  const state = await inspectStorage(logDir);
  if (state.kind === 'formatted') {
    if (state.nodeId === nodeId) return;
    throw new StackError(
      'ERR_STACK_DATA_MISMATCH',
      `${logDir} holds the data of broker ${state.nodeId}, not of broker ${nodeId}. Choose another directory, or remove this one and all its records.`,
    );
  }
  if (state.halfDone) options.report(`${logDir} is half-formatted; formatting it again`);
  await mkdir(logDir, { recursive: true });
  await rm(join(logDir, META), { force: true });
  await rm(join(logDir, BOOTSTRAP), { force: true });
  await format(options);
}

async function format(options: FormatOptions): Promise<void> {
  const { program, clusterId, propertiesFile } = options;
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
      throw new StackError('ERR_STACK_ENDED_EARLY', `formatting ${options.logDir} failed: ${words}`, { cause: error });
    },
  );
}

/** Arguments that every program of the broker's jars needs. */
export function classPath(program: Program): string[] {
  return ['-cp', join(program.directory, 'libs', '*'), `-Dlog4j2.configurationFile=${join(program.directory, 'log4j2.properties')}`];
}
