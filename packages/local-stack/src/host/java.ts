import { execFile } from 'node:child_process';
import { access, constants, readdir, readFile, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from '../errors.ts';

/** The registry needs 21; the broker would do with 17. */
const NEEDED_JAVA = 21;

/** A Java runtime of this machine. */
export interface Java {
  /** Path of the `java` command. */
  readonly command: string;
  readonly home: string;
  readonly major: number;
  /** Full version, for example 25.0.3+9: a class-data archive fits one of these only. */
  readonly version: string;
}

export interface JavaSearch {
  readonly javaHome?: string | undefined;
  readonly path: string;
  /** Directories that hold one Java home per entry. */
  readonly directories?: readonly string[];
}

const USUAL_DIRECTORIES = [
  '/usr/lib/jvm',
  '/usr/java',
  '/opt/java',
  '/Library/Java/JavaVirtualMachines',
  '/opt/homebrew/opt',
  '/usr/local/opt',
];

/**
 * Finds a Java of at least NEEDED_JAVA: JAVA_HOME, then the PATH, then the usual directories, of those the newest.
 * Throws ERR_STACK_JAVA_MISSING with what was found and what to install.
 */
export async function findJava(search: JavaSearch): Promise<Java> {
  const tooOld: Java[] = [];
  const fits = (java: Java | undefined): java is Java => {
    if (java !== undefined && java.major < NEEDED_JAVA) tooOld.push(java);
    return java !== undefined && java.major >= NEEDED_JAVA;
  };

  for (const command of preferredCommands(search)) {
    const java = await inspectJava(command);
    if (fits(java)) return java;
  }
  const others: Java[] = [];
  for (const command of await installedCommands(search.directories ?? USUAL_DIRECTORIES)) {
    const java = await inspectJava(command);
    if (fits(java)) others.push(java);
  }
  const newest = others.sort((a, b) => b.major - a.major)[0];
  if (newest !== undefined) return newest;
  throw new StackError('ERR_STACK_JAVA_MISSING', missingText(tooOld));
}

function preferredCommands(search: JavaSearch): string[] {
  const homes = search.javaHome === undefined ? [] : [join(search.javaHome, 'bin', 'java')];
  const onPath = search.path.split(delimiter).filter((directory) => directory !== '');
  return [...homes, ...onPath.map((directory) => join(directory, 'java'))];
}

async function installedCommands(directories: readonly string[]): Promise<string[]> {
  const commands: string[] = [];
  for (const directory of directories) {
    const entries = await readdir(directory).catch(() => []);
    for (const entry of entries.sort()) {
      // Homebrew keeps every formula in one directory; the others hold nothing but Java.
      if (directory.endsWith('/opt') && !entry.startsWith('openjdk')) continue;
      commands.push(join(directory, entry, 'bin', 'java'), join(directory, entry, 'Contents', 'Home', 'bin', 'java'));
    }
  }
  return commands;
}

/** Version of a Java command, or undefined when it is none. */
export async function inspectJava(command: string): Promise<Java | undefined> {
  try {
    await access(command, constants.X_OK);
    const target = await realpath(command);
    const home = dirname(dirname(target));
    const version = (await versionFromReleaseFile(home)) ?? (await versionFromCommand(target));
    const major = majorOf(version);
    return major === undefined ? undefined : { command: target, home, major, version };
  } catch {
    return undefined;
  }
}

// The file says it without the tenth of a second that starting a JVM takes.
async function versionFromReleaseFile(home: string): Promise<string | undefined> {
  const text = await readFile(join(home, 'release'), 'utf8').catch(() => '');
  return /^JAVA_RUNTIME_VERSION="([^"]+)"/m.exec(text)?.[1] ?? /^JAVA_VERSION="([^"]+)"/m.exec(text)?.[1];
}

async function versionFromCommand(command: string): Promise<string> {
  const { stderr, stdout } = await promisify(execFile)(command, ['-version'], { timeout: 20_000 });
  return /version "([^"]+)"/.exec(`${stderr}${stdout}`)?.[1] ?? '';
}

/** 25 of "25.0.3+9", 8 of "1.8.0_392". */
function majorOf(version: string): number | undefined {
  const match = /^(?:1\.)?(\d+)/.exec(version);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

function missingText(tooOld: readonly Java[]): string {
  const found = [...new Map(tooOld.map((java) => [java.command, java])).values()];
  const seen = found.length === 0 ? 'none was found' : `found only ${found.map((java) => `${java.version} (${java.command})`).join(', ')}`;
  return (
    `Kafka and the schema registry need Java ${NEEDED_JAVA} or newer; ${seen}. ` +
    'Looked in JAVA_HOME, the PATH and the usual directories. Install one, for example with ' +
    `\`apt-get install openjdk-${NEEDED_JAVA}-jre-headless\` or \`brew install openjdk@${NEEDED_JAVA}\`, or set JAVA_HOME to one.`
  );
}
