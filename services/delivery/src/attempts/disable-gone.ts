import { type Decision, type InstallOpener, type InstallStore, withWebhookDisabled } from '@switchboard/app-installs';
import type { AppInstall, EventType } from '@switchboard/contracts';

export interface DisableGoneOptions {
  readonly store: InstallStore;
  /** Opens the stored endpoint, to compare it with its query. */
  readonly opener: InstallOpener;
  readonly now: () => number;
  /** Ids of the audit records of the changes. */
  readonly newId: () => string;
  readonly onDisabled: (installId: string, type: EventType) => void;
  readonly onFailed: (installId: string, type: EventType, cause: unknown) => void;
}

/** Disables the webhook of an install whose endpoint responded with 410. Calls for a webhook that is being disabled are ignored. */
export function createDisableGone({ store, opener, now, newId, onDisabled, onFailed }: DisableGoneOptions) {
  const running = new Set<string>();

  async function disable(installId: string, type: EventType, endpoint: string): Promise<void> {
    const decide = (current: AppInstall | undefined): Decision<boolean> => {
      // The webhook may have another endpoint since, which did not respond with 410.
      const isSame = current !== undefined && opener.open(current).webhooks[type]?.endpoint === endpoint;
      const disabled = isSame ? withWebhookDisabled(current, type, now()) : undefined;
      return disabled === undefined ? { kind: 'keep', result: false } : { kind: 'write', install: disabled, result: true };
    };
    const request = { requestId: newId(), actor: 'delivery', role: null, action: 'install.disable-webhook', at: now() } as const;
    const outcome = await store.change(installId, request, decide);
    if (!outcome.ok) onFailed(installId, type, outcome.problem.detail);
    else if (outcome.result) onDisabled(installId, type);
  }

  return (installId: string, type: EventType, endpoint: string): void => {
    const name = `${installId} ${type} ${endpoint}`;
    if (running.has(name)) return;
    running.add(name);
    disable(installId, type, endpoint)
      .catch((cause: unknown) => onFailed(installId, type, cause))
      .finally(() => running.delete(name));
  };
}
