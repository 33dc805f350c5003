import type { Logger } from './logger.ts';
import { type FilesWatch, watchFiles } from './watch-files.ts';

/** A certificate chain and its key, PEM texts. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Suites with forward secrecy and authenticated encryption only: CBC suites have a history of padding oracles. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** The secure context of a certificate; also what a changed certificate is put in place with. */
export function secureContext({ cert, key }: TlsFiles) {
  return { cert, key, minVersion: 'TLSv1.2', ciphers: CIPHERS } as const;
}

export interface CertificateOptions {
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly pollMs: number;
  readonly readText: (path: string) => string;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Code of the log line of files that cannot be used. */
  readonly code: string;
}

/** A certificate that is followed: `watch` calls `use` with each later one, which must throw where the two do not fit. */
export interface Certificate {
  readonly files: TlsFiles;
  watch(use: (files: TlsFiles) => void): FilesWatch;
}

/** The certificate of a server; undefined where it does not terminate TLS. Throws if a file cannot be read. */
export function readCertificate(options: CertificateOptions): Certificate | undefined {
  const { certFile, keyFile, pollMs, readText, logger, code } = options;
  if (certFile === undefined || keyFile === undefined) return undefined;
  const files: TlsFiles = { cert: readText(certFile), key: readText(keyFile) };
  const watch = (use: (files: TlsFiles) => void): FilesWatch =>
    watchFiles({
      paths: [certFile, keyFile],
      readText: async (path) => readText(path),
      pollMs,
      initial: [files.cert, files.key],
      onChange: ([cert = '', key = '']) => {
        use({ cert, key });
        logger.info({ tlsCertFile: certFile }, 'TLS certificate loaded');
      },
      onError: (error) => logger.error({ err: error, code }, 'TLS certificate unusable, the previous one stays in use'),
    });
  return { files, watch };
}
