import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identifyProcess } from '../host/process-identity.ts';
import { testDirectory } from '../testing/directory.ts';
import { zipOf } from '../testing/zip.ts';
import type { Artifact } from './artifacts.ts';
import { ensureArtifact, type FillOptions } from './fill.ts';

const artifact: Artifact = {
  name: 'thing-1',
  title: 'the thing',
  neededMib: 1,
  goals: ['dependency:copy'],
  prepare: async () => {},
  finish: async () => {},
  essential: join('libs', 'thing.jar'),
};

/**
 * A machine with a Maven that copies one jar, as `script` has it: `$store/whole.jar` is a whole one and `$store/cut.jar` is not, every run adds
 * a line to `$store/runs`, and `$repository` is the local repository it is told to use, if any.
 */
async function machine(script: string) {
  const base = await testDirectory();
  const store = join(base, 'store');
  await mkdir(join(base, 'bin'), { recursive: true });
  await mkdir(store);
  const whole = zipOf({ 'META-INF/MANIFEST.MF': 'x', 'Thing.class': 'y'.repeat(500) });
  await writeFile(join(store, 'whole.jar'), whole);
  await writeFile(join(store, 'cut.jar'), whole.subarray(0, 300));
  const maven = join(base, 'bin', 'mvn');
  const prelude = `store='${store}'; repository=; for a in "$@"; do case $a in -Dmaven.repo.local=*) repository=\${a#*=};; esac; done
echo "repository=$repository" >> "$store/runs"; mkdir -p libs; echo 'Downloaded from central: http://x/y/thing.jar (1 kB at 2 kB/s)'`;
  await writeFile(maven, `#!/bin/sh\n${prelude}\n${script}\n`);
  await chmod(maven, 0o755);
  const lines: string[] = [];
  const options: FillOptions = {
    cacheDir: join(base, 'cache'),
    java: { command: '/none/bin/java', home: '/none', major: 25, version: '25' },
    path: join(base, 'bin'),
    environment: { PATH: '/usr/bin:/bin' },
    report: (line) => lines.push(line),
  };
  const runs = async () => (await readFile(join(store, 'runs'), 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
  return { options, lines, runs, cached: () => readdir(options.cacheDir).catch(() => []) };
}

const WHOLE = 'cp "$store/whole.jar" libs/thing.jar';

describe('the cache', () => {
  it('is filled once, with progress, and used from then on', async () => {
    const { options, lines, runs, cached } = await machine(WHOLE);
    const directory = await ensureArtifact(artifact, options);
    expect(await readdir(join(directory, 'libs'))).toEqual(['thing.jar']);
    expect(lines).toEqual([
      'the thing: fetching it with Maven (once)',
      'the thing: 1 files fetched, last thing.jar',
      `the thing: in ${directory}`,
    ]);
    expect(await ensureArtifact(artifact, options)).toBe(directory);
    expect(await runs()).toHaveLength(1);
    expect(await cached()).toEqual(['thing-1']);
  });

  it('is filled by one of many that need it at once', async () => {
    const { options, runs } = await machine(`sleep 0.3; ${WHOLE}`);
    const directories = await Promise.all(Array.from({ length: 5 }, () => ensureArtifact(artifact, options)));
    expect(new Set(directories).size).toBe(1);
    expect(await runs()).toHaveLength(1);
  });

  it('waits for another process that is fetching, and says for which', async () => {
    const { options, lines, runs } = await machine(WHOLE);
    await mkdir(options.cacheDir);
    const other = spawn('sleep', ['60']);
    onTestFinished(() => void other.kill());
    await writeFile(join(options.cacheDir, 'fetch.lock'), JSON.stringify(await identifyProcess(other.pid ?? 0)));
    const filling = ensureArtifact(artifact, options);
    await expect.poll(() => lines[0]).toBe(`the thing: waiting for process ${other.pid}, which is fetching`);
    expect(await runs()).toEqual([]);
    other.kill();
    await filling;
    expect(await runs()).toHaveLength(1);
  });

  it('never runs two fetches side by side', async () => {
    const { options, runs } = await machine(`[ -e "$store/busy" ] && exit 1; touch "$store/busy"; sleep 0.2; rm "$store/busy"; ${WHOLE}`);
    await Promise.all(['a', 'b', 'c'].map((name) => ensureArtifact({ ...artifact, name }, options)));
    expect(await runs()).toHaveLength(3);
  });

  it.each([
    ['is cut short', (jar: string) => truncate(jar, 200)],
    ['has the right length and no archive in it', async (jar: string) => writeFile(jar, 'x'.repeat((await readFile(jar)).length))],
    ['is there no more', (jar: string) => import('node:fs/promises').then(({ rm }) => rm(jar))],
  ])('is filled anew when a file of it %s', async (_what, damage) => {
    const { options, lines, runs } = await machine(WHOLE);
    const directory = await ensureArtifact(artifact, options);
    await damage(join(directory, 'libs', 'thing.jar'));
    expect(await ensureArtifact(artifact, options)).toBe(directory);
    expect(await runs()).toHaveLength(2);
    expect(lines.filter((line) => line.includes('the cached copy is damaged'))).toHaveLength(1);
    expect((await readFile(join(directory, 'libs', 'thing.jar'))).readUInt32LE(0)).toBe(0x04034b50);
  });

  it('is filled anew when an earlier run was killed in the middle', async () => {
    const { options, runs, cached } = await machine(WHOLE);
    await mkdir(join(options.cacheDir, 'thing-1', 'libs'), { recursive: true });
    await mkdir(join(options.cacheDir, 'thing-1.part-Ab12'));
    await ensureArtifact(artifact, options);
    expect(await runs()).toHaveLength(1);
    expect(await cached()).toEqual(['thing-1']);
  });

  it('fetches into an empty Maven repository when the user’s gave a damaged file', async () => {
    const { options, lines, runs, cached } = await machine(
      `if [ -z "$repository" ]; then cp "$store/cut.jar" libs/thing.jar; else ${WHOLE}; fi`,
    );
    await ensureArtifact(artifact, options);
    const [first, second] = await runs();
    expect(first).toBe('repository=');
    expect(second).toContain(options.cacheDir);
    expect(lines).toContain('the thing: libs/thing.jar does not open; fetching everything anew');
    expect(await cached()).toEqual(['thing-1']);
  });

  it('gives up when it comes damaged twice, and keeps nothing of it', async () => {
    const { options, cached } = await machine('cp "$store/cut.jar" libs/thing.jar');
    await expect(ensureArtifact(artifact, options)).rejects.toMatchObject({ code: 'ERR_STACK_CACHE_DAMAGED' });
    expect(await cached()).toEqual([]);
  });

  it('says what Maven said when it fails, and keeps nothing of it', async () => {
    const { options, cached } = await machine('echo "[ERROR] Could not transfer artifact x:y:1: Connection refused"; exit 1');
    const filling = ensureArtifact(artifact, options);
    await expect(filling).rejects.toMatchObject({ code: 'ERR_STACK_DOWNLOAD' });
    await expect(filling).rejects.toThrow('Maven ended with status 1: Could not transfer artifact x:y:1: Connection refused');
    expect(await cached()).toEqual([]);
  });

  it('counts what cannot be unpacked as damaged', async () => {
    const { options } = await machine(WHOLE);
    const broken = { ...artifact, finish: () => Promise.reject(new Error('tar: Unexpected EOF in archive')) };
    await expect(ensureArtifact(broken, options)).rejects.toThrow('it cannot be unpacked (Error: tar: Unexpected EOF in archive)');
  });

  it('says how to get Maven, and asks for it only when something is to be fetched', async () => {
    const { options } = await machine(WHOLE);
    const without = { ...options, path: '/nowhere' };
    const filling = ensureArtifact(artifact, without);
    await expect(filling).rejects.toMatchObject({ code: 'ERR_STACK_MAVEN_MISSING' });
    await expect(filling).rejects.toThrow('apt-get install maven');
    await ensureArtifact(artifact, options);
    await expect(ensureArtifact(artifact, without)).resolves.toContain('thing-1');
  });

  it('says how much room is missing', async () => {
    const { options } = await machine(WHOLE);
    const filling = ensureArtifact({ ...artifact, neededMib: 2 ** 40 }, options);
    await expect(filling).rejects.toMatchObject({ code: 'ERR_STACK_DISK_SPACE' });
    await expect(filling).rejects.toThrow(/Fetching the thing needs \d+ MiB in .*; \d+ MiB are free/);
  });
});
