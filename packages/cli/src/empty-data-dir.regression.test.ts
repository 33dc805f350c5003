import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from './config.ts';

it('finds the stack in .data when SWITCHBOARD_DATA_DIR is empty, as the stack itself does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, '.data', 'secrets'), { recursive: true });
  await writeFile(join(folder, '.data', 'secrets', 'environment.json'), JSON.stringify({ SWITCHBOARD_ADMIN_URL: 'http://127.0.0.1:1' }));
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => cwd.mockRestore());
  expect(readConfig({ SWITCHBOARD_DATA_DIR: '' })).toMatchObject({ ok: true, config: { adminUrl: 'http://127.0.0.1:1' } });
});
