import { readFileSync } from 'node:fs';

/** Connections that got a FIN stay half open beside their successors. */
const PER_SOCKET = 2;
const OTHERS = 200;

/** File descriptors that a process may open once Node has raised its soft limit to the hard one; Infinity where the system does not tell. */
function descriptorLimit(): number {
  try {
    const limit = /^Max open files +\S+ +(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Throws RangeError where a process cannot open as many sockets. */
export function checkDescriptorLimit(sockets: number, limit = descriptorLimit()): void {
  const needed = sockets * PER_SOCKET + OTHERS;
  if (limit >= needed) return;
  throw new RangeError(
    `${sockets} sockets need ${needed} file descriptors, but the limit is ${limit}; raise it with "ulimit -Hn ${needed}"`,
  );
}
