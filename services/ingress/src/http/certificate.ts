import { type Logger, watchFiles } from '@switchboard/runtime';
import type { IngressLogCode } from '../codes.ts';
import type { IngressConfig } from '../config.ts';
import type { TlsFiles } from './create-fastify.ts';

/** The certificate of the ingress, and how to follow its changes; undefined where the ingress does not terminate TLS. */
export function readCertificate(
  { tlsCertFile, tlsKeyFile, sourcesPollMs }: Pick<IngressConfig, 'tlsCertFile' | 'tlsKeyFile' | 'sourcesPollMs'>,
  { readText, logger }: { readonly readText: (path: string) => string; readonly logger: Logger },
) {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return undefined;
  const files: TlsFiles = { cert: readText(tlsCertFile), key: readText(tlsKeyFile) };
  const watch = (use: (files: TlsFiles) => void) =>
    watchFiles({
      paths: [tlsCertFile, tlsKeyFile],
      readText: async (path) => readText(path),
      pollMs: sourcesPollMs,
      initial: [files.cert, files.key],
      onChange: ([cert = '', key = '']) => {
        use({ cert, key });
        logger.info({ tlsCertFile }, 'TLS certificate loaded');
      },
      onError: (error) =>
        logger.error(
          { err: error, code: 'ERR_INGRESS_TLS_FILES' satisfies IngressLogCode },
          'TLS certificate unusable, the previous one stays in use',
        ),
    });
  return { files, watch };
}
