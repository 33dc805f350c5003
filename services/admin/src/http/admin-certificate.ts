import { readFileSync } from 'node:fs';
import type { Server } from 'node:tls';
import { type Certificate, type Logger, readCertificate, secureContext, type TlsFiles } from '@switchboard/runtime';
import type { FastifyInstance } from 'fastify';
import type { AdminConfig } from '../config.ts';

/** Why a changed certificate of the admin API is not in use. */
export type AdminTlsCode =
  /** ADMIN_TLS_CERT_FILE and ADMIN_TLS_KEY_FILE cannot be read, or do not fit each other; the previous certificate stays in use. */
  'ERR_ADMIN_TLS_FILES';

/** The certificate of the admin API; undefined where it is served over HTTP. */
export function adminCertificate(config: AdminConfig, logger: Pick<Logger, 'info' | 'error'>): Certificate | undefined {
  return readCertificate({
    certFile: config.tlsCertFile,
    keyFile: config.tlsKeyFile,
    pollMs: config.adminTokensPollMs,
    readText: (path) => readFileSync(path, 'utf8'),
    logger,
    code: 'ERR_ADMIN_TLS_FILES' satisfies AdminTlsCode,
  });
}

/** Serves further handshakes with another certificate; open connections keep theirs. Throws where the two files do not fit. */
export function useCertificate(server: FastifyInstance, files: TlsFiles): void {
  (server.server as unknown as Server).setSecureContext(secureContext(files));
}
