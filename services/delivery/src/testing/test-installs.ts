import { randomBytes } from 'node:crypto';
import { applyInstallDocument, type InstallView, readInstallDocument, type SecretBox } from '@switchboard/app-installs';
import type { AppInstall } from '@switchboard/contracts';

/** App installs that a test puts in place, and the view of them. */
export function createTestInstalls(box: SecretBox) {
  const installs = new Map<string, AppInstall>();
  const view: InstallView = {
    get: (installId) => installs.get(installId),
    all: () => [...installs.values()],
    matching: () => [],
    names: () => false,
    shows: async () => true,
    done: new Promise(() => {}),
    stop: async () => {},
  };

  return {
    view,
    /** Puts an install with this document, without its client_name, in place; gives its signing secret. */
    install(installId: string, document: object, state: Partial<AppInstall> = {}): string {
      const secret = `whsec_${randomBytes(32).toString('base64')}`;
      const outcome = readInstallDocument({ client_name: installId, signing_secret: secret, ...document });
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
      const change = { box, now: Date.now(), overlapMs: 60_000, newSecretId: () => randomBytes(4).toString('hex') };
      const { install } = applyInstallDocument(installId, outcome.document, installs.get(installId), change);
      installs.set(installId, { ...install, ...state });
      return secret;
    },
    /** Changes the state of an install as no document could. */
    change(installId: string, state: Partial<AppInstall>): void {
      const install = installs.get(installId);
      if (install !== undefined) installs.set(installId, { ...install, ...state });
    },
    remove: (installId: string) => installs.delete(installId),
  };
}
