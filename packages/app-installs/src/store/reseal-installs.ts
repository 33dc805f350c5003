import { type AppInstall, topics } from '@switchboard/contracts';
import { auditOfChange, auditOutRecord, type ChangeRequest } from '../audit/install-audit.ts';
import { resealInstall } from '../reseal-install.ts';
import type { SecretBox } from '../secret-box.ts';
import type { ChangeOutcome, InstallStoreOptions } from './install-store.ts';
import { readInstalls } from './read-install.ts';

export interface ResealCounts {
  /** All installs. */
  readonly installs: number;
  /** Installs that were written. */
  readonly resealed: number;
  /** Ids of installs with a secret that opens under no key, or whose record no schema reads. */
  readonly unreadable: readonly string[];
}

export interface ResealOptions extends InstallStoreOptions {
  readonly box: SecretBox;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';
/** A transaction keeps other writers out, and has to end within seconds. */
const INSTALLS_PER_TRANSACTION = 50;
const MAX_FAILURES = 5;

/**
 * Moves every secret of every install to the first key of the box, and seals header values and queries that are in the clear. It may
 * be run again at any time, also after a failure: what is done is skipped. Each install is written with its audit record.
 */
export async function resealInstalls(
  { log, writer, codec, box, now }: ResealOptions,
  by: Pick<ChangeRequest, 'requestId' | 'actor' | 'role'>,
): Promise<ChangeOutcome<ResealCounts>> {
  const resealed = new Set<string>();
  for (let failures = 0; failures < MAX_FAILURES; ) {
    let counts: Omit<ResealCounts, 'resealed'> = { installs: 0, unreadable: [] };
    let written: readonly AppInstall[] = [];
    const outcome = await writer.run(async () => {
      const installs = await readInstalls(log, codec);
      const at = now();
      const decided = [...installs].map(([id, install]) => ({ id, ...(install && resealInstall(install, box, at)) }));
      counts = { installs: installs.size, unreadable: decided.flatMap(({ id, isUnreadable = true }) => (isUnreadable ? [id] : [])) };
      written = decided.flatMap(({ install }) => install ?? []).slice(0, INSTALLS_PER_TRANSACTION);
      return written.flatMap((install) => {
        const { installId } = install;
        const audit = auditOfChange(installId, { ...by, action: 'install.reseal', at }, installs.get(installId), install);
        const record = { topic: topics.installs.name, key: Buffer.from(installId, 'utf8'), value: codec.encode(RECORD_NAME, install) };
        return [record, auditOutRecord(codec, audit)];
      });
    });
    if (outcome.ok) {
      if (written.length === 0) return { ok: true, result: { ...counts, resealed: resealed.size } };
      for (const { installId } of written) resealed.add(installId);
    } else if (outcome.code === 'ERR_LOG_FENCED' || outcome.code === 'ERR_LOG_OUTCOME_UNKNOWN') {
      // Another process wrote, or the commit was not confirmed: the next turn reads what is there.
      failures += 1;
    } else break;
  }
  const detail = `not every install was resealed (${resealed.size} were): send the request again`;
  return { ok: false, problem: { code: 'ERR_ADMIN_UNAVAILABLE', detail } };
}
