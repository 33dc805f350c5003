import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestIngress, type TestIngress, until } from './testing/start-ingress.ts';

const authorized = { authorization: 'Bearer alpha-word' };
let agent: Agent | undefined;
afterEach(() => agent?.destroy());

function post(ingress: TestIngress, target: string): Promise<{ status: number | undefined; connection: string | undefined }> {
  agent ??= new Agent({ keepAlive: true });
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: ingress.app.port, path: target, method: 'POST', headers: authorized, agent };
    const sending = httpRequest(options, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
    });
    sending.on('error', reject);
    sending.end('new');
  });
}

describe('a stopping ingress', () => {
  it('finishes what is in flight, closes its connection, and takes no new one', async () => {
    const ingress = await startTestIngress();
    expect((await post(ingress, '/test/alpha')).connection).toBe('keep-alive');
    const release = ingress.log.hold();
    const inFlight = post(ingress, '/test/alpha');
    await until(() => ingress.log.begun() === 2);
    let stopped = false;
    const stopping = ingress.stop().then(() => {
      stopped = true;
    });
    const ready = await fetch(`${ingress.healthUrl}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unavailable', problems: ['the service is stopping'] }]);
    await until(
      () =>
        new Promise((resolve) =>
          connect(ingress.app.port, '127.0.0.1')
            .on('error', () => resolve(true))
            .on('connect', () => resolve(false)),
        ),
    );
    expect(stopped).toBe(false);
    release();
    expect(await inFlight).toEqual({ status: 202, connection: 'close' });
    await stopping;
    expect(ingress.log.stored).toHaveLength(2);
  });

  it('lets a sender that waits have its reply', async () => {
    const ingress = await startTestIngress();
    const waiting = post(ingress, '/hook?id=alpha');
    await until(() => ingress.log.stored.length === 1);
    const stopping = ingress.stop();
    await ingress.reply(ingress.raw()[0]?.notificationId ?? '', { type: 'message', text: 'in time' });
    expect((await waiting).status).toBe(200);
    await stopping;
    expect(ingress.log.readers()).toBe(0);
  });

  it('closes silent connections within 0.5 s instead of at the end of its drain', async () => {
    const ingress = await startTestIngress();
    const silent = connect({ port: ingress.app.port, host: '127.0.0.1', allowHalfOpen: true });
    silent.on('error', () => {});
    await until(async () => (await ingress.metric(/^ingress_connections\{/))?.endsWith(' 0') === false);
    const startedAt = performance.now();
    await ingress.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    silent.destroy();
  });

  it('does not wait for an idle connection', async () => {
    const ingress = await startTestIngress();
    await post(ingress, '/test/alpha');
    await ingress.stop();
  });
});

describe('a second ingress', () => {
  it('cannot listen on the port of another one, although each has several listening sockets', async () => {
    const first = await startTestIngress();
    await expect(startTestIngress({ config: { port: first.app.port } })).rejects.toThrow('EADDRINUSE');
    await first.stop();
    const next = await startTestIngress({ config: { port: first.app.port } });
    await next.stop();
  });
});

describe('too much at once', () => {
  it('is refused with 503 at once, while health responds, and accepted again afterwards', async () => {
    const ingress = await startTestIngress({ config: { maxInFlightRequests: 2 } });
    const release = ingress.log.hold();
    const held = [post(ingress, '/test/alpha'), post(ingress, '/test/alpha')];
    await until(() => ingress.log.begun() === 2);
    expect((await post(ingress, '/test/alpha')).status).toBe(503);
    expect((await fetch(`${ingress.healthUrl}/readyz`)).status).toBe(200);
    release();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([202, 202]);
    await until(async () => (await ingress.metric(/^ingress_requests_in_flight\{/))?.endsWith(' 0') ?? false);
    expect((await post(ingress, '/test/alpha')).status).toBe(202);
    await ingress.stop();
  });

  it('counts bytes too', async () => {
    const ingress = await startTestIngress({ config: { maxInFlightBytes: 1_000 } });
    expect((await ingress.post('/test/alpha', `new${'x'.repeat(2_000)}`, authorized)).status).toBe(503);
    expect((await ingress.post('/test/alpha', 'new', authorized)).status).toBe(202);
    await until(async () => (await ingress.metric(/^ingress_request_bytes_in_flight\{/))?.endsWith(' 0') ?? false);
    await ingress.stop();
  });
});
