import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafkaLog } from '@switchboard/event-log';
import type { FormerRelease } from '../../scripts/releases/former-release.ts';
import { drive, type UpgradeReports } from './drive.ts';
import type { UpgradeOptions } from './options.ts';
import type { UpgradeOutcome } from './outcome.ts';
import { createPerformance } from './perform.ts';
import { planUpgrade } from './plan.ts';
import { checkOut, hasAdmin, presentRelease } from './release.ts';
import { startUpgradeStack } from './stack.ts';

const PER_SERVICE = 2;

/** From the former release to this one and back, over one input. Everything but evidence and logs is removed at the end. */
export async function runUpgrade(options: UpgradeOptions, former: FormerRelease, reports: UpgradeReports): Promise<UpgradeOutcome> {
  const { say } = reports;
  const directory = await mkdtemp(join(tmpdir(), 'switchboard-upgrade-'));
  const checkout = join(directory, 'former');
  try {
    say(`the former release is ${former.version} (${former.commit.slice(0, 7)}); seed ${options.seed}, everything in ${directory}`);
    const releases = { former: await checkOut(former, checkout), present: presentRelease };
    say('the former release is installed');
    const stack = await startUpgradeStack({ directory, perService: PER_SERVICE, releases, report: say });
    const log = await createKafkaLog({ brokers: stack.brokers, clientId: 'upgrade' }).admin();
    try {
      const performance = createPerformance({ stack, releases, log });
      const plan = planUpgrade(PER_SERVICE, { hasAdmin: hasAdmin(releases.former), hurried: options.hurried });
      return { former, directory, ...(await drive({ options, directory, stack, log, performance, plan, reports })) };
    } finally {
      await log.stop();
      await stack.stop();
    }
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
}
