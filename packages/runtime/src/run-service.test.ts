import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from './logger.ts';
import { type RunningService, runService } from './run-service.ts';

function fakeProcess() {
  const events = new EventEmitter();
  const codes: number[] = [];
  let resolve: (code: number) => void;
  const ended = new Promise<number>((r) => {
    resolve = r;
  });
  const exit = (code: number) => {
    codes.push(code);
    resolve(code);
  };
  return { process: { on: events.on.bind(events), exit }, signal: (name: string) => events.emit(name, name), codes, ended, events };
}

function run(service: Partial<RunningService>, stopTimeoutMs?: number) {
  const host = fakeProcess();
  const stop = service.stop ?? (() => Promise.resolve());
  const running = runService({
    name: 'test',
    logger: silentLogger,
    process: host.process,
    start: () => Promise.resolve({ ...service, stop }),
    ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs }),
  });
  return { ...host, running };
}

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'])('stops the service and exits with code 0 on %s', async (name) => {
    const stop = vi.fn(() => Promise.resolve());
    const host = run({ stop });
    host.signal(name);
    expect(await host.ended).toBe(0);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('exits with code 1 on a second signal', async () => {
    const host = run({ stop: () => new Promise(() => {}) });
    host.signal('SIGTERM');
    host.signal('SIGTERM');
    expect(await host.ended).toBe(1);
  });

  it('exits with code 1 when stop takes longer than 5 ms, its timeout', async () => {
    const host = run({ stop: () => new Promise(() => {}) }, 5);
    host.signal('SIGTERM');
    expect(await host.ended).toBe(1);
    expect(host.codes).toEqual([1]);
  });

  it('exits with code 1 and an error line when done rejects', async () => {
    const host = fakeProcess();
    const error = vi.fn();
    await runService({
      name: 'test',
      logger: { ...silentLogger, error },
      process: host.process,
      start: () => Promise.resolve({ stop: () => Promise.resolve(), done: Promise.reject(new Error('offsets lost')) }),
    });
    expect(await host.ended).toBe(1);
    expect(error).toHaveBeenCalledOnce();
  });

  it('exits with code 1 when the start fails', async () => {
    const host = fakeProcess();
    await runService({ name: 'test', logger: silentLogger, process: host.process, start: () => Promise.reject(new Error('no broker')) });
    expect(await host.ended).toBe(1);
  });

  it('stops after a start that a signal interrupted', async () => {
    const host = fakeProcess();
    let started: (service: RunningService) => void = () => {};
    const stop = vi.fn(() => Promise.resolve());
    const starting = new Promise<RunningService>((resolve) => {
      started = resolve;
    });
    void runService({ name: 'test', logger: silentLogger, process: host.process, start: () => starting });
    host.signal('SIGTERM');
    started({ stop });
    expect(await host.ended).toBe(0);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('exits with code 0 when a start rejects with the reason of the signal', async () => {
    const host = fakeProcess();
    const start = (signal: AbortSignal) =>
      new Promise<RunningService>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    void runService({ name: 'test', logger: silentLogger, process: host.process, start });
    host.signal('SIGTERM');
    expect(await host.ended).toBe(0);
  });

  it('exits with code 1 on an unhandled rejection', async () => {
    const host = run({ done: new Promise(() => {}) });
    host.events.emit('unhandledRejection', new Error('forgotten'));
    expect(await host.ended).toBe(1);
  });
});
