/** The issuer of a demo in containers. */

import { createLogger, exitOnProblems, runService } from '@switchboard/runtime';
import { startIssuer } from '../issuer/start-issuer.ts';
import { createCertificateAuthority } from '../tls/certificate-authority.ts';
import { readIssuerConfig } from './config.ts';
import { demoFiles } from './demo-files.ts';

const { host, logLevel, demoDir, issuerUrl } = exitOnProblems(readIssuerConfig());
const files = demoFiles(demoDir);

await runService({
  name: 'demo-issuer',
  logger: createLogger({ service: 'demo-issuer', level: logLevel }),
  start: async () => {
    const authority = await createCertificateAuthority({ directory: files.authority });
    return startIssuer({ authority, keysFile: files.issuerKeys, host, port: Number(new URL(issuerUrl).port), origin: issuerUrl });
  },
});
