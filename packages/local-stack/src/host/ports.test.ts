import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { choosePorts, isPortFree } from './ports.ts';

function listen(port = 0): Promise<number> {
  const server: Server = createServer();
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

describe('choosing ports', () => {
  it('finds the next free one when the preferred one is taken', async () => {
    const taken = await listen();
    expect(await isPortFree(taken)).toBe(false);
    const { broker } = await choosePorts({ broker: { purpose: 'x', preferred: taken } });
    expect(broker).toBeGreaterThan(taken);
    expect(await isPortFree(broker)).toBe(true);
  });

  it('gives every wish a port of its own, also beside a fixed one', async () => {
    const free = await choosePorts({ x: { purpose: 'x', preferred: 23_000 } });
    const wish = { purpose: 'x', preferred: free.x };
    const { a, b, c } = await choosePorts({ a: wish, b: wish, c: { purpose: 'x', fixed: free.x, preferred: 1 } });
    expect(c).toBe(free.x);
    expect(new Set([a, b, c]).size).toBe(3);
  });

  it('refuses a fixed port that is taken, with its number and what it is for', async () => {
    const taken = await listen();
    const choice = choosePorts({ broker: { purpose: 'Kafka', fixed: taken, preferred: 1 } });
    await expect(choice).rejects.toMatchObject({ code: 'ERR_STACK_PORT_TAKEN' });
    await expect(choice).rejects.toThrow(`port ${taken}, fixed for Kafka, is taken`);
  });

  it('gives up at the end of the range', async () => {
    const taken = await listen(65_535).catch(() => 65_535);
    await expect(choosePorts({ broker: { purpose: 'Kafka', preferred: taken } })).rejects.toThrow(
      'no port for Kafka is free from 65535 to 65535',
    );
  });
});
