import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { zipOf } from '../testing/zip.ts';
import { isWholeZip } from './zip-check.ts';

describe('the check of a jar', () => {
  it('accepts a whole archive, with a comment too', async () => {
    const directory = await testDirectory();
    await writeFile(join(directory, 'a.jar'), zipOf({ 'a.txt': 'hello', 'b.txt': '' }));
    await writeFile(join(directory, 'b.jar'), zipOf({ 'a.txt': 'hello' }, 'made by hand'));
    expect(await isWholeZip(join(directory, 'a.jar'))).toBe(true);
    expect(await isWholeZip(join(directory, 'b.jar'))).toBe(true);
  });

  it('agrees with another reader that the archive of these tests is one', async ({ skip }) => {
    const directory = await testDirectory();
    await writeFile(join(directory, 'a.zip'), zipOf({ 'a.txt': 'hello' }));
    const { status, stdout, error } = spawnSync('python3', ['-m', 'zipfile', '-l', join(directory, 'a.zip')], { encoding: 'utf8' });
    skip(error !== undefined, 'python3 is not installed');
    expect({ status, listed: stdout.includes('a.txt') }).toEqual({ status: 0, listed: true });
  });

  it('refuses an archive that was cut at any place', async () => {
    const directory = await testDirectory();
    const whole = zipOf({ 'a.txt': 'hello', 'b.txt': 'there' });
    const path = join(directory, 'a.jar');
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      expect(await isWholeZip(path), `cut to ${length} bytes`).toBe(false);
    }
  });

  it('refuses a page in place of an archive, and nothing at all', async () => {
    const directory = await testDirectory();
    await writeFile(join(directory, 'a.jar'), '<html>Bad gateway</html>'.repeat(20));
    expect(await isWholeZip(join(directory, 'a.jar'))).toBe(false);
    expect(await isWholeZip(join(directory, 'none.jar'))).toBe(false);
    expect((await readFile(join(directory, 'a.jar'))).length).toBeGreaterThan(22);
  });
});
