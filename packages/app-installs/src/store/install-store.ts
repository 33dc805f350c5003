import { setTimeout as delay } from 'node:timers/promises';
import { type AppInstall, type Codec, topics } from '@switchboard/contracts';
import type { EventLog, FencedWriter } from '@switchboard/event-log';
import { auditOfChange, auditOutRecord, type ChangeRequest } from '../audit/install-audit.ts';
import { readInstall } from './read-install.ts';
import type { WriteProblem } from './write-problem.ts';

/** What to write for an install: its new state, null to remove it, or no record, because of a problem or because the state is right already. */
export type Decision<T> =
  | { readonly kind: 'write'; readonly install: AppInstall | null; readonly result: T }
  | { readonly kind: 'keep'; readonly result: T }
  | { readonly kind: 'refuse'; readonly problem: WriteProblem };

export type ChangeOutcome<T> = { readonly ok: true; readonly result: T } | { readonly ok: false; readonly problem: WriteProblem };

/** Writes app installs. Each change is decided on the newest state; a fenced transaction keeps other writers out until it is written. */
export interface InstallStore {
  /** Writes the audit record of the change in the same transaction: there is no change without its record, and no record without its change. */
  change<T>(installId: string, request: ChangeRequest, decide: (current: AppInstall | undefined) => Decision<T>): Promise<ChangeOutcome<T>>;
}

export interface InstallStoreOptions {
  readonly log: Pick<EventLog, 'reader'>;
  readonly writer: FencedWriter;
  readonly codec: Codec;
  /** Waits for so many milliseconds; tests do not. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

const RECORD_NAME = 'switchboard.installs.v1.AppInstall';
const MAX_TRIES = 8;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

/** Transactional id of every writer of app installs: the one that took it last keeps the others out. */
export const INSTALL_WRITER_ID = 'app-installs-admin';

export function createInstallStore({ log, writer, codec, pause = (ms) => delay(ms) }: InstallStoreOptions): InstallStore {
  return {
    change: async (installId, request, decide) => {
      for (let tries = 1; ; tries++) {
        let decision: ReturnType<typeof decide> | undefined;
        const outcome = await writer.run(async () => {
          const before = await readInstall(log, codec, installId);
          decision = decide(before);
          if (decision.kind !== 'write') return [];
          const { install } = decision;
          const value = install && codec.encode(RECORD_NAME, install);
          const audit = auditOfChange(installId, request, before, install);
          return [{ topic: topics.installs.name, key: Buffer.from(installId, 'utf8'), value }, auditOutRecord(codec, audit)];
        });
        if (decision?.kind === 'refuse') return { ok: false, problem: decision.problem };
        if (decision?.kind === 'keep') return { ok: true, result: decision.result };
        if (outcome.ok && decision !== undefined) return { ok: true, result: decision.result };
        if (!outcome.ok && outcome.code === 'ERR_LOG_OUTCOME_UNKNOWN') {
          const detail = 'the commit was not confirmed: read the install to see whether the change is there';
          return { ok: false, problem: { code: 'ERR_ADMIN_OUTCOME_UNKNOWN', detail } };
        }
        // Fenced: another process wrote since this one read. Decide again on its state.
        const again = !outcome.ok && outcome.code === 'ERR_LOG_FENCED' && tries < MAX_TRIES;
        if (!again) return { ok: false, problem: { code: 'ERR_ADMIN_UNAVAILABLE', detail: 'the change was not written' } };
        // Of two processes that write, each would fence the other again at once.
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), MAX_PAUSE_MS) * (0.5 + Math.random()));
      }
    },
  };
}
