import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createClient } from './client.ts';

it('opens every connection to a broker as one that holds no small request back', async () => {
  const server = createServer((socket) => void socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
  onTestFinished(() => setNoDelay.mockRestore());
  const { port } = server.address() as AddressInfo;
  const admin = createClient({ brokers: [`127.0.0.1:${port}`], clientId: 'test' })
    .open({ retry: { retries: 0 } })
    .admin();
  await expect(admin.connect()).rejects.toThrow();
  expect(setNoDelay).toHaveBeenCalledWith(true);
});
