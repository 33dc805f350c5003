import { readFile } from 'node:fs/promises';

const LISTEN = '0A';

/**
 * Connections to a port of 127.0.0.1 that its server still holds, by the address of the peer, from the kernel's table (Linux only). A
 * connection that the server destroyed is not among them even while its peer keeps it: the kernel finishes it without an owner.
 */
export async function serverSockets(port: number): Promise<ReadonlyMap<string, number>> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const held = new Map<string, number>();
  const [, ...lines] = (await readFile('/proc/net/tcp', 'latin1')).trimEnd().split('\n');
  for (const line of lines) {
    const [, local = '', remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
    if (!local.endsWith(`:${wanted}`) || state === LISTEN || inode === '0') continue;
    const address = addressOf(remote);
    held.set(address, (held.get(address) ?? 0) + 1);
  }
  return held;
}

/** Those of every peer together. */
export async function countServerSockets(port: number): Promise<number> {
  return [...(await serverSockets(port)).values()].reduce((sum, count) => sum + count, 0);
}

/** `0200007F:1F90` is 127.0.0.2: the bytes of the address are in the order of the host. */
function addressOf(remote: string): string {
  return (remote.slice(0, 8).match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
