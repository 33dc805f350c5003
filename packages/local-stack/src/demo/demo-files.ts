import { join } from 'node:path';
import { stackFiles } from '../stack/stack-files.ts';

/** Where the processes of a demo in containers keep what no service may see. */
export function demoFiles(demoDir: string) {
  const { authority, credentials, issuerKeys, senders } = stackFiles(demoDir);
  return {
    authority,
    credentials,
    issuerKeys,
    senders,
    adminToken: join(demoDir, 'secrets', 'admin-token'),
    install: join(demoDir, 'secrets', 'install.json'),
  } as const;
}
