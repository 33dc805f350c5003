import { expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { type HostOptions, hostService } from './host-service.ts';

type Start<Service> = HostOptions<{ host: string; healthPort: number }, string, string, Service>['start'];

const host = <Service extends { stop(): Promise<void> }>(start: Start<Service>, connectRegistry = async () => 'registry') =>
  hostService({
    ...{ config: { host: '127.0.0.1', healthPort: 0 }, log: 'log', connectRegistry, start },
    ...{ logger: silentLogger, metrics: createMetrics('test'), signal: new AbortController().signal },
  });

const get = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, problems: ((await response.json()) as { problems?: string[] }).problems };
};

it('serves health while the service starts, and is ready once every dependency is connected and every condition holds', async () => {
  const registry = Promise.withResolvers<string>();
  const go = Promise.withResolvers<void>();
  const port = Promise.withResolvers<number>();
  let backlog = ['a backlog'];
  const started = host(
    async ({ connect, connectRegistry, readiness, healthPort }) => {
      const connecting = connect({ name: 'schema registry', connect: connectRegistry });
      readiness.require(() => backlog);
      port.resolve(healthPort);
      await connecting.connected;
      await go.promise;
      return { stop: () => connecting.stop() };
    },
    () => registry.promise,
  );
  const at = await port.promise;
  expect(await get(at, '/livez')).toMatchObject({ status: 200 });
  expect(await get(at, '/readyz')).toEqual({ status: 503, problems: ['waiting for schema registry', 'a backlog'] });
  registry.resolve('registry');
  await expect.poll(() => get(at, '/readyz')).toEqual({ status: 503, problems: ['a backlog'] });
  backlog = [];
  expect(await get(at, '/readyz')).toEqual({ status: 503, problems: ['the service is starting'] });
  go.resolve();
  const service = await started;
  expect([service.healthPort, (await get(at, '/readyz')).status]).toEqual([at, 200]);
  await service.stop();
});

it('is not ready while the service stops, and closes the health port after it', async () => {
  const stopped = Promise.withResolvers<void>();
  const service = await host(async () => ({ stop: () => stopped.promise }));
  const stopping = service.stop();
  expect(await get(service.healthPort, '/readyz')).toEqual({ status: 503, problems: ['the service is stopping'] });
  stopped.resolve();
  await stopping;
  await expect(fetch(`http://127.0.0.1:${service.healthPort}/livez`)).rejects.toThrow();
});

it('closes the health port when the start fails', async () => {
  let port = 0;
  const started = host(async (context): Promise<{ stop(): Promise<void> }> => {
    port = context.healthPort;
    throw new Error('no start');
  });
  await expect(started).rejects.toThrow('no start');
  await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
});

it('hands further paths of the health port to the service', async () => {
  const service = await host(async ({ handleOnHealthPort }) => {
    handleOnHealthPort((request, response) => {
      if (request.url !== '/own') return false;
      response.end('{}');
      return true;
    });
    return { stop: async () => {} };
  });
  expect((await get(service.healthPort, '/own')).status).toBe(200);
  expect((await get(service.healthPort, '/other')).status).toBe(404);
  await service.stop();
});
