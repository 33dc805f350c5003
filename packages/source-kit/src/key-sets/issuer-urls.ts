import { isIP } from 'node:net';
import { httpsUrlProblem } from '@switchboard/validation';

/** Absolute, https (or http on loopback where allowed), without user information. */
export function isFetchableUrl(text: string, allowLoopbackHttp: boolean): boolean {
  return httpsUrlProblem(text, { loopbackHttp: allowLoopbackHttp }) === undefined;
}

/**
 * Whether metadata may point to this address for its keys: its own host and port, or another public name at the default port
 * of https. An issuer therefore cannot make us fetch from an address inside our network.
 */
export function isKeysUrlOf(text: string, metadataUrl: string, allowLoopbackHttp: boolean): boolean {
  if (!isFetchableUrl(text, allowLoopbackHttp)) return false;
  const url = new URL(text);
  const metadata = new URL(metadataUrl);
  if (url.origin === metadata.origin) return true;
  return url.protocol === 'https:' && url.port === '' && isPublicName(url.hostname);
}

function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  if (name.startsWith('[') || isIP(name) !== 0 || !name.includes('.')) return false;
  return !/(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid|arpa|onion)$/i.test(name);
}
