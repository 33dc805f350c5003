import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { schemaTexts } from './generated/schemas.ts';
import { connectCodec, registerSchemas } from './registry.ts';
import { recordNames } from './schema-types.ts';

const timeoutMs = 150;
const unavailable = { name: 'CodecError', code: 'ERR_CODEC_REGISTRY_UNAVAILABLE' };
const FOREIGN_ID = 4_711;
const NAME = recordNames[0];
if (NAME === undefined) throw new Error('there is a record');

/** How the registry treats requests: like one in order, never answering, or breaking off within the body. */
type Manner = 'sound' | 'silent' | 'cut' | 'trickling';
let manner: Manner = 'sound';
let requests = 0;
let registryUrl = '';

function answerTo({ method = '', url = '' }: IncomingMessage): object {
  if (url.startsWith('/schemas/ids/')) return { schema: schemaTexts[NAME as keyof typeof schemaTexts] };
  if (url.startsWith('/config/'))
    return method === 'GET' ? { compatibilityLevel: 'FULL_TRANSITIVE' } : { compatibility: 'FULL_TRANSITIVE' };
  const subject = decodeURIComponent(url.split('/')[2] ?? '');
  return { id: recordNames.map(String).indexOf(subject) + 1 };
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  requests += 1;
  request.resume();
  if (manner === 'silent') return;
  const body = JSON.stringify(answerTo(request));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  if (manner === 'sound') response.end(body);
  else if (manner === 'cut') response.write(body.slice(0, 1), () => response.destroy());
  else {
    const timer = setInterval(() => response.write(' '), timeoutMs / 5);
    response.on('close', () => clearInterval(timer));
  }
}

let server: ReturnType<typeof createServer>;
beforeEach(async () => {
  manner = 'sound';
  requests = 0;
  server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registryUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const foreign = (): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32BE(FOREIGN_ID, 1);
  return bytes;
};

describe.each<Manner>(['silent', 'cut', 'trickling'])('a registry that is %s', (fault) => {
  it('does not hang the connection of a codec, and a later one succeeds', async () => {
    manner = fault;
    await expect(connectCodec({ registryUrl, timeoutMs })).rejects.toMatchObject(unavailable);
    manner = 'sound';
    const codec = await connectCodec({ registryUrl });
    expect(codec.schemaId(NAME)).toBe(1);
  });

  it('does not hang a registration, and a later one succeeds', async () => {
    manner = fault;
    await expect(registerSchemas({ registryUrl, timeoutMs })).rejects.toMatchObject(unavailable);
    manner = 'sound';
    expect((await registerSchemas({ registryUrl })).size).toBe(recordNames.length);
  });

  it('does not hang the fetch of a schema, which is asked for anew once the registry heals', async () => {
    const codec = await connectCodec({ registryUrl, timeoutMs: 4 * timeoutMs });
    manner = fault;
    await expect(codec.ensure(foreign())).rejects.toMatchObject({ ...unavailable, schemaId: FOREIGN_ID });
    await expect(codec.ensure(foreign())).rejects.toMatchObject(unavailable);
    manner = 'sound';
    const before = requests;
    await codec.ensure(foreign());
    expect(requests).toBeGreaterThan(before);
  });
});
