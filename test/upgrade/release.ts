import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readHostEnvironment } from '../../packages/local-stack/src/config.ts';
import type { FormerRelease } from '../../scripts/releases/former-release.ts';

export type ReleaseName = 'former' | 'present';

/** A release that the harness runs. */
export interface Release {
  readonly name: ReleaseName;
  /** Root of its checkout, with the packages that its services need installed. */
  readonly checkout: string;
}

const run = promisify(execFile);
const INSTALL_MS = 300_000;

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const presentRelease: Release = { name: 'present', checkout: ROOT };

/** Whether the release has an admin service; before 0.2.0 the admin API was delivery's. */
export const hasAdmin = ({ checkout }: Release): boolean => existsSync(join(checkout, 'services', 'admin'));

/**
 * Checks the former release out into `checkout` and installs it as the image does: without tools, and without install scripts. Packages
 * come from npm's cache where it has them. An archive leaves no trace in the repository, as a worktree would after a crash.
 */
export async function checkOut({ commit }: FormerRelease, checkout: string): Promise<Release> {
  await mkdir(checkout, { recursive: true });
  const archive = `${checkout}.tar`;
  await run('git', ['archive', '--format=tar', `--output=${archive}`, commit], { cwd: ROOT });
  await run('tar', ['-x', '-f', archive, '-C', checkout]);
  await rm(archive);
  // Within `npm run` the environment names the project that npm works on.
  const { npm_config_local_prefix: _prefix, npm_package_json: _json, ...env } = process.env;
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const install = ['ci', `--prefix=${checkout}`, '--omit=dev', '--omit=optional', '--ignore-scripts', '--prefer-offline', ...quiet];
  await run('npm', install, { cwd: checkout, env, timeout: INSTALL_MS });
  return { name: 'former', checkout };
}

/** `topics apply` of the release. */
export async function applyTopics({ checkout }: Release, brokers: readonly string[], registryUrl: string): Promise<void> {
  const env = { ...readHostEnvironment().inherited, KAFKA_BROKERS: brokers.join(','), SCHEMA_REGISTRY_URL: registryUrl };
  await run(process.execPath, ['packages/cli/src/main.ts', 'topics', 'apply'], { cwd: checkout, env, timeout: INSTALL_MS });
}
