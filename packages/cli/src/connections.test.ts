import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { cliConfig } from './config.ts';
import { openCodec } from './connections.ts';

// Longer than a service gives a lookup while it handles requests.
const SLOW_MS = 2_500;

it('the command line waits for a registry that is slow to answer', { timeout: 30_000 }, async () => {
  const registry = createServer(async (_request, response) => {
    await sleep(SLOW_MS);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 7 }));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  onTestFinished(() => {
    registry.closeAllConnections();
    registry.close();
  });
  const read = cliConfig.read({ SCHEMA_REGISTRY_URL: `http://127.0.0.1:${(registry.address() as AddressInfo).port}` });
  if (!read.ok) throw new Error(read.problems.join());
  const codec = await openCodec(read.config);
  expect(codec.schemaId('switchboard.replies.v1.Reply')).toBe(7);
});
