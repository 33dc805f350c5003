import type { Server, Socket } from 'node:net';

export interface EntranceOptions {
  /** The HTTP or HTTPS server, before it listens and before others listen to its connections. */
  readonly server: Server;
  /** Whether the connections of an address are served at once. */
  readonly isKnown: (address: string) => boolean;
  /** Calls back in the next turn of the event loop. */
  readonly nextTurn: (callback: () => void) => void;
}

/** Strangers that begin in one turn: what they send is judged in the next one, at up to a millisecond each. */
const PER_TURN = 2;

/**
 * Lets strangers in one after the other: the server gets the connections of a known peer at once, and those of all others
 * at most two in a turn of the event loop. A flood of strangers therefore waits for itself; the request of a known sender
 * waits for the turn only. Without a flood nobody waits.
 *
 * Emit `connection` on the server for each accepted socket, paused; listeners that are added later see it at once. Nothing
 * is read from a socket that waits, and the timeouts of the server do not count for it yet.
 */
export function paceStrangers({ server, isKnown, nextTurn }: EntranceOptions): void {
  const waiting = new Set<Socket>();
  const serve = server.listeners('connection');
  let letIn = 0;
  let scheduled = false;

  function begin(socket: Socket): void {
    if (socket.destroyed) return;
    for (const listener of serve) listener.call(server, socket);
    socket.resume();
  }

  function turn(): void {
    scheduled = false;
    letIn = 0;
    for (const socket of waiting) {
      if (letIn === PER_TURN) break;
      waiting.delete(socket);
      admit(socket);
    }
  }

  function admit(socket: Socket): void {
    letIn += 1;
    begin(socket);
    if (!scheduled) nextTurn(turn);
    scheduled = true;
  }

  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    if (isKnown(socket.remoteAddress ?? '')) begin(socket);
    else if (waiting.size === 0 && letIn < PER_TURN) admit(socket);
    else {
      waiting.add(socket);
      socket.once('close', () => waiting.delete(socket));
      if (!scheduled) nextTurn(turn);
      scheduled = true;
    }
  });
}
