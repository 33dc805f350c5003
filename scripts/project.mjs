// What every entry script needs before anything is installed. Plain JavaScript for Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_NODE = 24;
const OLDEST_NODE = 20;

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const lockFile = join(root, 'package-lock.json');
const hiddenLockFile = join(modules, '.package-lock.json');
const stampFile = join(modules, '.switchboard-installed');

/** Installs what package-lock.json names, unless that has been done. Ends the process when it cannot. */
export function install() {
  if (majorOf(process.versions.node) < OLDEST_NODE) {
    fail(`Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.versions.node}.`);
  }
  const digest = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) return;
  const present = existsSync(hiddenLockFile);
  if (!present || statSync(hiddenLockFile).mtimeMs < statSync(lockFile).mtimeMs) {
    process.stderr.write('Installing packages (once)\n');
    const { status, error } = npm(present ? 'install' : 'ci');
    if (status !== 0) fail(`npm could not install the packages${error === undefined ? '' : `: ${error.message}`}.`);
  }
  writeFileSync(stampFile, createHash('sha256').update(readFileSync(lockFile)).digest('hex'));
}

/** Path of a Node that runs TypeScript: the running one, else the project's own. Ends the process when there is none. */
export function findNode() {
  if (majorOf(process.versions.node) >= NEEDED_NODE) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const home = join(modules, `node-${system}-${process.arch}`, 'bin');
  const node = [join(home, 'node'), join(home, 'node.exe')].find((path) => existsSync(path));
  if (node !== undefined) return node;
  return fail(
    `Node ${NEEDED_NODE} or newer is needed; this is ${process.versions.node}, and npm brings none for ${process.platform} on ${process.arch}. ` +
      `Install Node ${NEEDED_NODE}, for example with \`brew install node@${NEEDED_NODE}\` or \`nvm install ${NEEDED_NODE}\`.`,
  );
}

/** Runs a TypeScript file of the project to its end, then ends this process the same way. Signals go through; the child ends with this process. */
export function run(file, args) {
  const child = spawn(findNode(), [join(root, file), ...args], {
    cwd: root,
    // The fourth stream closes when this process dies, whatever kills it: that is how the child knows.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      // Halves the time that a process needs to begin; there are five of them in a start.
      NODE_COMPILE_CACHE: join(modules, '.cache', 'node-compile-cache'),
      ...process.env,
      PATH: [join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter),
    },
  });
  // A terminal sends Ctrl-C to the child as well; everything else reaches this process alone.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child);
  child.once('error', (error) => fail(`${file} could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

// npm does not pass a kill on; without it this process, or the shell between the two, belongs to another parent.
function endWithParent(child) {
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, 1_000);
  timer.unref();
}

function ancestors() {
  const parent = process.ppid;
  try {
    return `${parent} ${/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8'))?.[1]}`;
  } catch {
    return `${parent}`;
  }
}

function npm(command) {
  const args = [command, '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const script = process.env.npm_execpath;
  return script === undefined ? spawnSync('npm', args, options) : spawnSync(process.execPath, [script, ...args], options);
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
