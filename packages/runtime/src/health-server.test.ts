import { afterEach, describe, expect, it } from 'vitest';
import { type HealthServer, startHealthServer } from './health-server.ts';

let server: HealthServer | undefined;
afterEach(() => server?.stop());

const metrics = { text: () => Promise.resolve('m 1\n'), contentType: 'text/plain' };

describe('startHealthServer', () => {
  it('responds with 503 and what is missing until the service is ready', async () => {
    let missing = ['key sets'];
    server = await startHealthServer({ host: '127.0.0.1', port: 0, ready: () => missing, metrics });
    const url = `http://127.0.0.1:${server.port}`;
    const before = await fetch(`${url}/readyz`);
    expect([before.status, await before.json()]).toEqual([503, { status: 'unavailable', problems: ['key sets'] }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    missing = [];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('serves metrics, gives other paths to handle, and responds with 404 to the rest', async () => {
    server = await startHealthServer({
      host: '127.0.0.1',
      port: 0,
      ready: () => [],
      metrics,
      handle: (request, response) => {
        if (request.url !== '/admin') return false;
        response.end('mine');
        return true;
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('m 1\n');
    expect(await (await fetch(`${url}/admin`)).text()).toBe('mine');
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/livez`, { method: 'POST' })).status).toBe(404);
  });

  it('responds with 500 when the metrics cannot be read, and stays up', async () => {
    server = await startHealthServer({
      host: '127.0.0.1',
      port: 0,
      ready: () => [],
      metrics: { text: () => Promise.reject(new Error('x')), contentType: '' },
    });
    expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(500);
    expect((await fetch(`http://127.0.0.1:${server.port}/livez`)).status).toBe(200);
  });
});
