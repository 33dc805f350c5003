import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { cliConfig } from '../config.ts';
import { createProgram } from '../program.ts';

it('lists an install whose document names no capabilities', async () => {
  const document = { client_name: 'Contoso' };
  const install = { id: 'contoso', version: 3, etag: '"3-a"', paused: false, document };
  const server = createServer((_request, response) => void response.end(JSON.stringify({ app_installs: [install] })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const read = cliConfig.read({ SWITCHBOARD_ADMIN_URL: adminUrl, SWITCHBOARD_ADMIN_TOKEN: 'token' });
  if (!read.ok) throw new Error(read.problems.join());
  const written: string[] = [];
  const program = createProgram({ config: () => read.config, targetConfig: async () => read.config, write: (text) => written.push(text) });
  expect(await program(['installs', 'list'])).toBe(0);
  expect(written).toEqual(['contoso v3-a enabled Contoso: no webhooks\n']);
});
