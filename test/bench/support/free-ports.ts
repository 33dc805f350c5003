import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { StackPorts } from '@switchboard/local-stack';

const NAMES = ['ingress', 'ingressHealth', 'normalizerHealth', 'deliveryHealth', 'adminHealth', 'admin', 'issuer', 'receiver'] as const;
/** Below what systems give to outgoing connections, above what other stacks of the machine look for. */
const LOWEST = 20_000;
const HIGHEST = 31_000;

/** Random ports that nothing uses: a bench may run beside other stacks. */
export async function freeStackPorts(): Promise<StackPorts> {
  const ports = new Set<number>();
  while (ports.size < NAMES.length) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) ports.add(port);
  }
  const [...chosen] = ports;
  return Object.fromEntries(NAMES.map((name, index) => [name, chosen[index]])) as unknown as StackPorts;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
