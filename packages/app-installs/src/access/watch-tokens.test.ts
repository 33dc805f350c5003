import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@switchboard/runtime';
import { expect, it, onTestFinished } from 'vitest';
import { readTokens } from './tokens.ts';
import { watchTokens } from './watch-tokens.ts';

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const fileOf = (...tokens: string[]) =>
  JSON.stringify({ tokens: tokens.map((token) => ({ name: `name of ${token}`, role: 'operator', sha256: sha256(token) })) });

async function rig() {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-tokens-'));
  const path = join(folder, 'tokens.json');
  await writeFile(path, fileOf('old'));
  const first = readTokens(fileOf('old'));
  if (!first.ok) throw new Error(first.problems.join());
  const lines: string[] = [];
  const metrics = createMetrics('admin');
  const watch = watchTokens({
    path,
    text: fileOf('old'),
    authenticate: first.authenticate,
    readText: (file) => readFile(file, 'utf8'),
    pollMs: 10,
    logger: createLogger({ service: 'admin', destination: { write: (line) => void lines.push(line) } }),
    metrics,
  });
  onTestFinished(async () => {
    watch.stop();
    await rm(folder, { recursive: true });
  });
  const accepts = (token: string) => watch.authenticate(`Bearer ${token}`) !== undefined;
  const valid = async () => /^admin_tokens_valid\{.*\} (\d)$/m.exec(await metrics.text())?.[1];
  return { path, lines, accepts, valid };
}

it('accepts a new token and refuses a removed one without a restart', async () => {
  const { path, accepts, valid } = await rig();
  expect([accepts('old'), accepts('new'), await valid()]).toEqual([true, false, '1']);
  await writeFile(path, fileOf('new'));
  await expect.poll(() => [accepts('old'), accepts('new')]).toEqual([false, true]);
  expect(await valid()).toBe('1');
});

it('keeps the last good tokens of an invalid file, logs its problems and sets the metric to 0 until it is repaired', async () => {
  const { path, lines, accepts, valid } = await rig();
  const bad = JSON.stringify({ tokens: [{ name: 'a', role: 'reader', sha256: sha256('') }] });
  await writeFile(path, bad);
  await expect.poll(valid).toBe('0');
  expect(accepts('old')).toBe(true);
  const logged = lines.find((line) => line.includes('SHA-256 of the empty text'));
  expect(JSON.parse(logged ?? '{}')).toMatchObject({
    level: 'error',
    code: 'ERR_ADMIN_TOKENS_INVALID',
    problemCount: 1,
    problems: ['tokens[0].sha256 must not be the SHA-256 of the empty text'],
    msg: 'Admin tokens file is invalid, last good tokens stay in force',
  });
  await writeFile(path, fileOf('old'));
  await expect.poll(valid).toBe('1');
});

it('keeps the last good tokens of a file that is missing', async () => {
  const { path, lines, accepts, valid } = await rig();
  await rm(path);
  await expect.poll(valid).toBe('0');
  expect(accepts('old')).toBe(true);
  expect(lines.filter((line) => line.includes('ERR_ADMIN_TOKENS_UNREADABLE'))).toHaveLength(1);
  await writeFile(path, fileOf('old'));
  await expect.poll(valid).toBe('1');
});
