import { choosePorts, type PortWish } from '../host/ports.ts';

export interface ClusterPorts {
  client(id: number): number;
  controller(id: number): number;
  /** For a listener behind a proxy. */
  proxied(id: number): number;
}

const LOWEST = 20_000;
const SPREAD = 10_000;

/**
 * Three free ports per broker. The search begins at a random place, for several clusters of one machine look at the same time and a port is
 * taken only when its broker opens it.
 */
export async function chooseClusterPorts(ids: readonly number[]): Promise<ClusterPorts> {
  const start = LOWEST + Math.floor(Math.random() * SPREAD);
  const wishes: Record<string, PortWish> = {};
  for (const id of ids) {
    wishes[`client-${id}`] = { purpose: `broker ${id}`, preferred: start };
    wishes[`controller-${id}`] = { purpose: `the controller of broker ${id}`, preferred: start };
    wishes[`proxied-${id}`] = { purpose: `the proxied listener of broker ${id}`, preferred: start };
  }
  const chosen: Record<string, number> = await choosePorts(wishes);
  const port = (name: string): number => {
    const found = chosen[name];
    if (found === undefined) throw new RangeError(`no port was chosen for ${name}`);
    return found;
  };
  return { client: (id) => port(`client-${id}`), controller: (id) => port(`controller-${id}`), proxied: (id) => port(`proxied-${id}`) };
}
