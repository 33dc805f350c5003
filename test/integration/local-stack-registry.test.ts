import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCodec, recordNames, registerSchemas } from '@switchboard/contracts';
import { type Registry, startRegistry } from '@switchboard/local-stack';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formerRecord, schemaHistory } from '../../packages/contracts/src/testing/golden-files.ts';

async function start(dataDir: string): Promise<Registry> {
  const registry = await startRegistry({ dataDir });
  onTestFinished(() => registry.stop());
  return registry;
}

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'switchboard-registry-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

function registerSchema(registry: Registry, subject: string, schema: object): Promise<Response> {
  return fetch(`${registry.url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
}

function register(registry: Registry, fields: readonly object[]): Promise<Response> {
  return registerSchema(registry, 'local.stack.Thing', { type: 'record', namespace: 'local.stack', name: 'Thing', fields });
}

describe('a started registry', () => {
  it('gives every schema the id that it had before a clean end and before SIGKILL', async () => {
    const dataDir = await directory();
    const first = await startRegistry({ dataDir });
    const ids = await registerSchemas({ registryUrl: first.url });
    expect(ids.size).toBe(recordNames.length);
    await first.stop();

    const second = await start(dataDir);
    const codec = await connectCodec({ registryUrl: second.url });
    for (const name of recordNames) expect(codec.schemaId(name)).toBe(ids.get(name));
    await second.kill();
    await second.restart();
    expect(await registerSchemas({ registryUrl: second.url })).toEqual(ids);
  });

  it('knows a schema that it registered just before SIGKILL', async () => {
    const registry = await start(await directory());
    const { id } = (await (await register(registry, [{ name: 'id', type: 'string' }])).json()) as { readonly id: number };
    await registry.kill();
    await registry.restart();
    expect((await fetch(`${registry.url}/schemas/ids/${id}`)).status).toBe(200);
  });

  it('takes new versions of a schema that are compatible both ways with all before, and no others', async () => {
    const registry = await start(await directory());
    const id = { name: 'id', type: 'string' };
    expect((await register(registry, [id])).status).toBe(200);
    expect((await register(registry, [id, { name: 'note', type: 'string', default: '' }])).status).toBe(200);
    expect((await register(registry, [id, { name: 'count', type: 'int' }])).status).toBe(409);
    expect((await register(registry, [{ name: 'note', type: 'string', default: '' }])).status).toBe(409);
  });

  it('takes the current schemas beside all former ones, by whose ids the records of former builds are read', {
    timeout: 240_000,
  }, async () => {
    const registry = await start(await directory());
    const former = recordNames.flatMap((name) =>
      schemaHistory(name)
        .slice(0, -1)
        .map((schema, index) => ({ name, version: index + 1, schema })),
    );
    const ids = new Map<object, number>();
    for (const { name, schema } of former) {
      const response = await registerSchema(registry, name, schema);
      ids.set(schema, ((await response.json()) as { readonly id: number }).id);
    }
    const current = await registerSchemas({ registryUrl: registry.url });
    const codec = await connectCodec({ registryUrl: registry.url });
    for (const { name, version, schema } of former) {
      const id = ids.get(schema) ?? 0;
      expect(id).not.toBe(current.get(name));
      const { value, hex } = formerRecord(name, version);
      const head = Buffer.alloc(5);
      head.writeInt32BE(id, 1);
      const bytes = Buffer.concat([head, Buffer.from(hex, 'hex')]);
      await codec.ensure(bytes);
      expect(codec.decode(name, bytes)).toMatchObject(value);
    }
  });

  it('leaves a directory alone that another living process uses', async () => {
    const dataDir = await directory();
    await start(dataDir);
    await expect(startRegistry({ dataDir })).rejects.toMatchObject({ code: 'ERR_STACK_IN_USE' });
  });
});
