import type { Server, Socket } from 'node:net';

export interface EntranceOptions {
  /** The HTTP or HTTPS server, before it listens and before others listen to its connections. */
  readonly server: Server;
  /** Whether the connections of an address are served at once. */
  readonly isKnown: (address: string) => boolean;
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (callback: () => void) => void;
}

/** Unknown peers that begin in one turn: what they send is judged in the next one, at up to a millisecond each. */
const PER_TURN = 2;

/**
 * Paces unknown peers. The server gets the connection of a known peer at once, and at most two others in a turn of the
 * event loop. A flood of unknown peers queues behind itself, and a request of a known peer waits for one turn at most.
 * Without a flood no connection waits.
 *
 * Emit `connection` on the server for each accepted socket, paused. Listeners that are added later see it at once. A
 * socket that waits is not read, and the timeouts of the server do not apply to it yet.
 */
export function paceUnknownPeers({ server, isKnown, nextTurn }: EntranceOptions): void {
  const waiting = new Set<Socket>();
  const serve = server.listeners('connection');
  let admitted = 0;
  let scheduled = false;

  function begin(socket: Socket): void {
    if (socket.destroyed) return;
    for (const listener of serve) listener.call(server, socket);
    socket.resume();
  }

  function turn(): void {
    scheduled = false;
    admitted = 0;
    for (const socket of waiting) {
      if (admitted === PER_TURN) break;
      waiting.delete(socket);
      admit(socket);
    }
  }

  function admit(socket: Socket): void {
    admitted += 1;
    begin(socket);
    if (!scheduled) nextTurn(turn);
    scheduled = true;
  }

  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    if (isKnown(socket.remoteAddress ?? '')) begin(socket);
    else if (waiting.size === 0 && admitted < PER_TURN) admit(socket);
    else {
      waiting.add(socket);
      socket.once('close', () => waiting.delete(socket));
      if (!scheduled) nextTurn(turn);
      scheduled = true;
    }
  });
}
