import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type FilesWatchOptions, watchFiles } from './watch-files.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'switchboard-watch-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** A watch over two files in a temporary folder. */
async function rig(options: Partial<FilesWatchOptions> = {}) {
  const path = await folder();
  const [cert, key] = [join(path, 'cert'), join(path, 'key')];
  const write = async (certText: string, keyText: string) => {
    await writeFile(cert, certText);
    await writeFile(key, keyText);
  };
  await write('cert 1', 'key 1');
  const changes: (readonly string[])[] = [];
  const errors: unknown[] = [];
  const watch = watchFiles({
    paths: [cert, key],
    readText: (file) => readFile(file, 'utf8'),
    pollMs: 10,
    initial: ['cert 1', 'key 1'],
    onChange: (texts) => void changes.push(texts),
    onError: (error) => void errors.push(error),
    ...options,
  });
  onTestFinished(() => watch.stop());
  return { path, cert, key, write, changes, errors, watch };
}

it('calls onChange with both texts when one of 2 files changed, and never for the initial texts', async () => {
  const { key, changes, errors } = await rig();
  await writeFile(key, 'key 2');
  await expect.poll(() => changes.at(-1)).toEqual(['cert 1', 'key 2']);
  expect(changes).not.toContainEqual(['cert 1', 'key 1']);
  expect(errors).toEqual([]);
});

it('sees a swap of the symbolic link to the folder, as Kubernetes mounts change', async () => {
  const path = await folder();
  for (const [name, text] of [
    ['one', 'old'],
    ['two', 'new'],
  ] as const) {
    await mkdir(join(path, name));
    await writeFile(join(path, name, 'file'), text);
  }
  await symlink('one', join(path, 'data'));
  const { changes } = await rig({ paths: [join(path, 'data', 'file')], initial: ['old'] });
  await symlink('two', join(path, 'next'));
  await rename(join(path, 'next'), join(path, 'data'));
  await expect.poll(() => changes).toEqual([['new']]);
});

it('reports an unreadable file once, and offers the texts again when it is back unchanged', async () => {
  const { path, cert, changes, errors } = await rig();
  await rename(cert, join(path, 'away'));
  await expect.poll(() => errors).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
  // Long enough for several looks.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(errors).toHaveLength(1);
  await rename(join(path, 'away'), cert);
  await expect.poll(() => changes).toEqual([['cert 1', 'key 1']]);
});

it('reports texts that onChange refuses once, and offers the next ones', async () => {
  const offered: (readonly string[])[] = [];
  const { cert, key, errors } = await rig({
    onChange: (texts) => {
      offered.push(texts);
      if (texts[0]?.at(-1) !== texts[1]?.at(-1)) throw new Error('the key does not belong to the certificate');
    },
  });
  await writeFile(cert, 'cert 2');
  await expect.poll(() => errors.map(String)).toContain('Error: the key does not belong to the certificate');
  const refused = errors.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(errors).toHaveLength(refused);
  await writeFile(key, 'key 2');
  await expect.poll(() => offered.at(-1)).toEqual(['cert 2', 'key 2']);
});

it('offers unchanged texts on reload, once the look that is running ended', async () => {
  const { changes, watch } = await rig({ pollMs: 3_600_000 });
  await watch.reload();
  await Promise.all([watch.reload(), watch.reload()]);
  expect(changes).toEqual([
    ['cert 1', 'key 1'],
    ['cert 1', 'key 1'],
    ['cert 1', 'key 1'],
  ]);
});

it('does not call onChange after stop, even for a look that was running', async () => {
  const gate = Promise.withResolvers<string>();
  const { changes, watch } = await rig({ paths: ['slow'], readText: () => gate.promise, initial: ['old'], pollMs: 3_600_000 });
  const reloaded = watch.reload();
  watch.stop();
  gate.resolve('new');
  await reloaded;
  expect(changes).toEqual([]);
});

it('does not start a second look while a file takes longer to read than the interval', async () => {
  let reads = 0;
  const gate = Promise.withResolvers<string>();
  const { changes } = await rig({
    paths: ['slow'],
    initial: ['old'],
    readText: () => {
      reads += 1;
      return reads === 1 ? gate.promise : Promise.resolve('new');
    },
  });
  await expect.poll(() => reads).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(reads).toBe(1);
  gate.resolve('new');
  await expect.poll(() => changes).toEqual([['new']]);
});
