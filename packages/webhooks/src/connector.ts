import { connect, type LookupFunction, type Socket } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { buildConnector } from 'undici';
import { type AddressRule, literalAddress } from './address-rule.ts';
import { AttemptError } from './attempt-code.ts';
import { createSystemResolver, type ResolveHost } from './resolve-host.ts';

export interface ConnectorOptions {
  readonly rule: AddressRule;
  /** Time for the TCP connection and again for the handshake, milliseconds. */
  readonly timeoutMs: number;
  /** PEM certificates trusted beside those of the process. */
  readonly authorities?: readonly string[];
  readonly resolve?: ResolveHost;
}

function refusal(hostname: string): AttemptError {
  return new AttemptError('ERR_ATTEMPT_ADDRESS_REFUSED', `${hostname} leads to an address that may not be connected to`);
}

/** A lookup that fails when any address of the name is refused: one public address among private ones is how rebinding looks. */
function guardedLookup(rule: AddressRule, resolve: ResolveHost): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        if (addresses.length === 0) return callback(new AttemptError('ERR_ATTEMPT_DNS', `${hostname} has no address`), []);
        if (!addresses.every(({ address }) => rule.admits(address))) return callback(refusal(hostname), []);
        if (options.all) return callback(null, [...addresses]);
        const [first] = addresses;
        return callback(null, first?.address ?? '', first?.family ?? 4);
      },
      (cause: Error) => callback(cause, []),
    );
  };
}

/**
 * Opens connections over TLS only, and only to addresses that the rule admits: those the name resolved to are the ones
 * connected to, and the peer's address is checked again before the first byte. Names are verified against the certificate.
 */
export function createConnector({
  rule,
  timeoutMs,
  authorities = [],
  resolve = createSystemResolver(),
}: ConnectorOptions): buildConnector.connector {
  const lookup = guardedLookup(rule, resolve);
  const secure = buildConnector({
    allowH2: false,
    timeout: timeoutMs,
    // Made once: with the option `ca` every connection would parse all authorities again.
    secureContext: createSecureContext(authorities.length > 0 ? { ca: [...getCACertificates('default'), ...authorities] } : {}),
  });

  return (options, callback) => {
    if (options.protocol !== 'https:') {
      callback(new AttemptError('ERR_ATTEMPT_ADDRESS_REFUSED', 'only https: is connected to'), null);
      return;
    }
    const literal = literalAddress(options.hostname);
    if (literal !== undefined && !rule.admits(literal)) {
      callback(refusal(literal), null);
      return;
    }
    const socket: Socket = connect({ host: literal ?? options.hostname, port: Number(options.port || 443), lookup, noDelay: true });
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.removeAllListeners().on('error', () => {});
      socket.destroy();
      callback(error, null);
    };
    const timer = setTimeout(() => fail(new AttemptError('ERR_ATTEMPT_TIMEOUT', 'the connection took too long')), timeoutMs);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      if (!rule.admits(socket.remoteAddress ?? '')) return fail(refusal(options.hostname));
      socket.removeListener('error', fail);
      return secure({ ...options, httpSocket: socket }, callback);
    });
  };
}
