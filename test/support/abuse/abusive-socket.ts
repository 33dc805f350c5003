import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Script } from './modes.ts';

export interface AbusiveSocketOptions {
  readonly port: number;
  readonly localAddress: string;
  readonly tls: boolean;
  readonly script: Script;
  /** In place of the script's own pause. */
  readonly everyMs: number | undefined;
  readonly onOpen: () => void;
  /** Status of the first response on the connection. */
  readonly onStatus: (status: string) => void;
  /** The server sent a FIN. The socket ignores it and keeps writing. */
  readonly onFin: () => void;
  /** The connection is gone: the server reset it, or it was never opened. Called once. */
  readonly onGone: (reason: 'reset' | 'connect-error' | 'stopped') => void;
}

export interface AbusiveSocket {
  stop(): void;
}

/** One connection that plays the script, closes nothing by itself and ignores a FIN. */
export function openAbusiveSocket(options: AbusiveSocketOptions): AbusiveSocket {
  const { script } = options;
  const raw = connect({ host: '127.0.0.1', port: options.port, localAddress: options.localAddress, allowHalfOpen: true, noDelay: true });
  const secured = options.tls && !script.belowTls;
  const socket: Socket = secured ? connectTls({ socket: raw, rejectUnauthorized: false }) : raw;
  let opened = false;
  let hasResponse = false;
  let finished = false;
  let isGone = false;
  let wasReset = false;
  let stopped = false;
  let dripping: NodeJS.Timeout | undefined;

  socket.once(secured ? 'secureConnect' : 'connect', () => {
    opened = true;
    options.onOpen();
    if (!script.reads) socket.pause();
    for (const bytes of script.opening) socket.write(bytes);
    const { drip } = script;
    if (drip !== undefined) dripping = setInterval(() => dripInto(socket, drip.bytes), options.everyMs ?? drip.everyMs);
  });
  if (script.reads) {
    socket.on('data', (chunk: Buffer) => {
      if (!hasResponse) options.onStatus(chunk.toString('latin1', 9, 12));
      hasResponse = true;
    });
  }
  const gone = (): void => {
    if (isGone) return;
    isGone = true;
    clearInterval(dripping);
    socket.destroy();
    raw.destroy();
    options.onGone(stopped ? 'stopped' : opened || wasReset ? 'reset' : 'connect-error');
  };
  // Under TLS either of the two may see the end first: the secured one a closing alert, the other one a cut.
  for (const each of new Set([raw, socket])) {
    each.once('end', () => {
      if (!finished && !isGone) options.onFin();
      finished = true;
    });
    // The close follows an error. A server at its cap may reset the connection before this side sees that it is open.
    each.on('error', (error: NodeJS.ErrnoException) => {
      wasReset ||= error.code === 'ECONNRESET';
    });
    each.once('close', gone);
  }
  return {
    stop() {
      stopped = true;
      socket.destroy();
      raw.destroy();
    },
  };
}

/** Bytes that wait for the peer are enough: more would only fill this process. */
function dripInto(socket: Socket, bytes: () => Buffer): void {
  if (socket.writable && socket.writableLength === 0) socket.write(bytes());
}
