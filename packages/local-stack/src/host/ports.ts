import { createServer } from 'node:net';
import { StackError } from '../errors.ts';

const HOST = '127.0.0.1';
const HIGHEST = 65_535;
const TRIES = 200;

/** Whether a server could listen on the port of the loopback address now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export interface PortWish {
  readonly purpose: string;
  /** The only port that will do. */
  readonly fixed?: number | undefined;
  /** Where to begin looking when no port is fixed. */
  readonly preferred: number;
}

/**
 * One free port per wish, all different. Without a fixed port the search goes upward from the preferred one, so that the ports stay below
 * the range from which the system takes those of outgoing connections. Throws ERR_STACK_PORT_TAKEN.
 */
export async function choosePorts<const Name extends string>(wishes: Readonly<Record<Name, PortWish>>): Promise<Record<Name, number>> {
  const chosen = new Map<Name, number>();
  const names = Object.keys(wishes) as Name[];
  const reserved = new Set(names.flatMap((name) => wishes[name].fixed ?? []));
  for (const name of names) {
    const port = await choosePort(wishes[name], new Set([...reserved, ...chosen.values()]));
    chosen.set(name, port);
  }
  return Object.fromEntries(chosen) as Record<Name, number>;
}

async function choosePort(wish: PortWish, taken: ReadonlySet<number>): Promise<number> {
  if (wish.fixed !== undefined) {
    if (await isPortFree(wish.fixed)) return wish.fixed;
    throw new StackError(
      'ERR_STACK_PORT_TAKEN',
      `port ${wish.fixed}, fixed for ${wish.purpose}, is taken. Stop what listens there or choose another.`,
    );
  }
  const last = Math.min(wish.preferred + TRIES - 1, HIGHEST);
  for (let port = wish.preferred; port <= last; port += 1) {
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new StackError('ERR_STACK_PORT_TAKEN', `no port for ${wish.purpose} is free from ${wish.preferred} to ${last}.`);
}
