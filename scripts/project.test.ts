import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('.', import.meta.url));

/** A fresh checkout of entry scripts with an npm that only notes what it is asked, and `main.ts` as the file to run. */
function checkout(main = '') {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'switchboard-checkout-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'scripts'));
  mkdirSync(join(root, 'bin'));
  for (const name of ['project.mjs', 'run.mjs']) cpSync(join(SCRIPTS, name), join(root, 'scripts', name));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(join(root, 'package-lock.json'), '{}');
  writeFileSync(join(root, 'main.ts'), main);
  const npm = join(root, 'bin', 'npm');
  writeFileSync(
    npm,
    `#!/bin/sh\necho "$1" >> '${root}/npm-runs'\nmkdir -p '${root}/node_modules'\ntouch '${root}/node_modules/.package-lock.json'\n`,
  );
  chmodSync(npm, 0o755);
  const environment = { PATH: `${join(root, 'bin')}:/usr/bin:/bin` };
  return {
    root,
    environment,
    start: (...args: string[]) =>
      spawnSync(process.execPath, [join(root, 'scripts', 'run.mjs'), 'main.ts', ...args], { encoding: 'utf8', env: environment }),
    npmRuns: () => (existsSync(join(root, 'npm-runs')) ? readFileSync(join(root, 'npm-runs'), 'utf8').trim().split('\n') : []),
  };
}

describe('the entry scripts', () => {
  it('install once in a fresh checkout, and again when package-lock.json says something else', () => {
    const { root, start, npmRuns } = checkout();
    expect(start().status).toBe(0);
    expect(start().status).toBe(0);
    expect(npmRuns()).toEqual(['ci']);
    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    utimesSync(join(root, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000));
    expect(start().status).toBe(0);
    expect(npmRuns()).toEqual(['ci', 'install']);
  });

  it('do not install over what npm itself has installed since package-lock.json changed', () => {
    const { root, start, npmRuns } = checkout();
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules', '.package-lock.json'), '{}');
    utimesSync(join(root, 'node_modules', '.package-lock.json'), new Date(), new Date(Date.now() + 60_000));
    expect(start().status).toBe(0);
    expect(npmRuns()).toEqual([]);
  });

  it('keep what npm only remarks to itself, and show what it calls an error', () => {
    const { root, start } = checkout();
    const npm = join(root, 'bin', 'npm');
    writeFileSync(npm, `#!/bin/sh\necho "$@" > '${root}/npm-arguments'\necho 'npm error ENOSPC' >&2\nexit 1\n`);
    expect(start()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('npm error ENOSPC') });
    expect(readFileSync(join(root, 'npm-arguments'), 'utf8').split(/\s+/)).toContain('--loglevel=error');
  });

  it('say on the way that packages are installed, before npm begins', () => {
    const { root, start } = checkout();
    writeFileSync(join(root, 'bin', 'npm'), `#!/bin/sh\necho 'npm begins' >&2\nmkdir -p '${root}/node_modules'\n`);
    expect(start().stderr).toMatch(/^Installing packages .*\n(.*\n)*npm begins\n/);
  });

  it('say so when npm fails, and run nothing', () => {
    const { root, start } = checkout(`process.stdout.write('ran');`);
    writeFileSync(join(root, 'bin', 'npm'), '#!/bin/sh\nexit 7\n');
    expect(start()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('npm could not install the packages') });
  });

  it('run TypeScript in the checkout with the arguments, its exit code and the tools of the checkout', () => {
    const { root, start } = checkout(`
      const answer: number = 40 + 2;
      process.stdout.write(JSON.stringify({ answer, args: process.argv.slice(2), cwd: process.cwd(), first: process.env.PATH?.split(':')[0] }));
      process.exit(3);`);
    const { stdout, status } = start('--once', 'x y');
    expect(JSON.parse(stdout)).toEqual({ answer: 42, args: ['--once', 'x y'], cwd: root, first: join(root, 'node_modules', '.bin') });
    expect(status).toBe(3);
  });

  it('end as their child ends when it is killed', () => {
    expect(checkout(`process.kill(process.pid, 'SIGKILL');`).start()).toMatchObject({ signal: 'SIGKILL' });
  });

  it('pass SIGTERM on to their child', async () => {
    const { root, environment } = checkout(`
      process.once('SIGTERM', () => process.exit(5));
      setInterval(() => {}, 1000);
      process.stdout.write('up\\n');`);
    const parent = spawn(process.execPath, [join(root, 'scripts', 'run.mjs'), 'main.ts'], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface({ input: parent.stdout }), 'line');
    parent.kill('SIGTERM');
    expect(await once(parent, 'exit')).toEqual([5, null]);
  });

  it('let their child know when they are killed', async () => {
    const { root, environment } = checkout(`
      process.once('disconnect', () => { process.stdout.write('alone\\n'); process.exit(0); });
      process.stdout.write('up\\n');`);
    const parent = spawn(process.execPath, [join(root, 'scripts', 'run.mjs'), 'main.ts'], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('up');
    parent.kill('SIGKILL');
    expect((await lines.next()).value).toBe('alone');
  });
});

describe('.npmrc', () => {
  it('keeps npm ci from running the install scripts of packages', () => {
    const root = mkdtempSync(join(tmpdir(), 'switchboard-npm-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    cpSync(join(SCRIPTS, '..', '.npmrc'), join(root, '.npmrc'));
    mkdirSync(join(root, 'dependency'));
    const touch = (name: string) => `node -e "require('node:fs').writeFileSync(process.env.npm_config_local_prefix + '/${name}', '')"`;
    const dependency = { name: 'dependency', version: '1.0.0', scripts: { postinstall: touch('ran') } };
    writeFileSync(join(root, 'dependency', 'package.json'), JSON.stringify(dependency));
    writeFileSync(join(root, 'package.json'), JSON.stringify({ dependencies: { dependency: 'file:dependency' } }));
    const npm = (...args: string[]) => spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
    expect(npm('install', '--offline')).toMatchObject({ status: 0 });
    expect(npm('ci', '--offline')).toMatchObject({ status: 0 });
    expect(existsSync(join(root, 'node_modules', 'dependency'))).toBe(true);
    expect(existsSync(join(root, 'ran'))).toBe(false);
  });
});
