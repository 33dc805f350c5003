import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeAfterResponse, destroySoon, release } from './linger.ts';

/** What must hold for every refusal: from its response to the destruction of its socket. */
const DESTROYED_WITHIN_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('gives the memory of a whole block back, and leaves alone a part of a block that others may use', () => {
  const whole = Buffer.from(new ArrayBuffer(65_536));
  release(whole);
  expect(whole.length).toBe(0);
  const part = Buffer.from(new ArrayBuffer(65_536), 0, 100);
  release(part);
  expect(part.length).toBe(100);
});

describe('a socket whose peer ignores the FIN', () => {
  /** As much of a socket as is used here. */
  function socketOf() {
    const socket = Object.assign(new EventEmitter(), { bytesRead: 0, destroyed: false, end: vi.fn(), destroy: () => {} });
    socket.destroy = () => {
      socket.destroyed = true;
      socket.emit('close');
    };
    return socket as unknown as Socket & { bytesRead: number };
  }

  /** A refused request and its response, which waits behind another one where it has no socket. */
  function refused(waits = false) {
    const socket = socketOf();
    const request = Object.assign(new EventEmitter(), { socket, complete: false, resume: vi.fn() });
    const response = Object.assign(new EventEmitter(), { socket: waits ? null : socket });
    closeAfterResponse(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    return { socket, request, response };
  }

  it('is destroyed within 1 s of its response where it has no request', () => {
    const socket = socketOf();
    destroySoon(socket);
    vi.advanceTimersByTime(DESTROYED_WITHIN_MS);
    expect(socket.destroyed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is destroyed within 1 s of the response to its request, and not at once', () => {
    const { socket } = refused();
    vi.advanceTimersByTime(DESTROYED_WITHIN_MS / 2);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(DESTROYED_WITHIN_MS / 2);
    expect(socket.destroyed).toBe(true);
  });

  it('is destroyed within 1 s of when its response is written, if that waits behind another one', () => {
    const { socket, response } = refused(true);
    vi.advanceTimersByTime(10 * DESTROYED_WITHIN_MS);
    expect(socket.destroyed).toBe(false);
    response.emit('finish');
    vi.advanceTimersByTime(DESTROYED_WITHIN_MS);
    expect(socket.destroyed).toBe(true);
  });

  it('is destroyed at once when it sends more than 64 KiB after the decision to refuse', () => {
    const { socket, request } = refused();
    socket.bytesRead = 65_536;
    request.emit('data', Buffer.alloc(1));
    expect(socket.destroyed).toBe(false);
    socket.bytesRead += 1;
    request.emit('data', Buffer.alloc(1));
    expect(socket.destroyed).toBe(true);
  });
});
