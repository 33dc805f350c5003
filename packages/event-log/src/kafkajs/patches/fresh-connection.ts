import type { Socket } from 'node:net';

/** The members of kafkajs's Connection that the replacement touches. */
export interface Connection {
  socket?: Socket;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

export type ConnectionClass = new (options: never) => Connection;

const SIZE_BYTES = 4;
const LET_GO = 'it was let go before it was connected';

/** One try to connect, for all who ask meanwhile. */
interface Attempt {
  readonly connected: Promise<unknown>;
  giveUp(reason: Error): void;
}

/**
 * A Connection that begins each new socket with nothing read. The stock one keeps the half of an answer that a cut left
 * behind, reads the answers of the next socket as its rest, and from then on finds no answer to any request; and the old
 * socket, only half closed, may still add to them. It has one socket at a time: the stock one opens another for everyone who
 * asks while it connects, and each of them speaks for the connection from then on. And it lets go of a socket when it is
 * done with it: the stock one ends the same dead socket at every attempt to reach a broker that is away, which adds a
 * listener to it each time.
 */
export function freshConnection(Stock: ConnectionClass): ConnectionClass {
  return class FreshConnection extends Stock {
    #attempt: Attempt | undefined;
    #disconnecting: Promise<unknown> | undefined;

    override connect(): Promise<unknown> {
      if (this.isConnected()) return Promise.resolve(true);
      this.#attempt ??= this.#begin();
      return this.#attempt.connected;
    }

    #begin(): Attempt {
      this.socket?.removeAllListeners('data').destroy();
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = SIZE_BYTES;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      super.connect().then(resolve, reject);
      const connected = promise.finally(() => {
        if (this.#attempt === attempt) this.#attempt = undefined;
      });
      const attempt = { connected, giveUp: reject };
      return attempt;
    }

    /** Once at a time: a connection counts as connected while it disconnects, also where another call has let go of its socket. */
    override disconnect(): Promise<unknown> {
      this.#disconnecting ??= this.#letGo().finally(() => {
        this.#disconnecting = undefined;
      });
      return this.#disconnecting;
    }

    async #letGo(): Promise<unknown> {
      const { socket } = this;
      if (socket === undefined) return true;
      const attempt = this.#attempt;
      const disconnected = await super.disconnect();
      socket.removeAllListeners('data');
      if (attempt === undefined || socket.destroyed) socket.destroySoon();
      else await abandon(socket);
      // Where a socket ends before it is connected, the stock connection tells nobody.
      attempt?.giveUp(notConnected());
      // A call to connect meanwhile has put another one there.
      if (this.socket === socket) delete this.socket;
      return disconnected;
    }
  };
}

/** Ends a socket that is still connecting: were it to connect after that, the connection would count as connected without a socket. */
function abandon(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve()).destroy(new Error(LET_GO));
  });
}

/** As kafkajs reports it, which then tries again. */
function notConnected(): Error {
  return Object.assign(new Error(LET_GO), { name: 'KafkaJSConnectionError', retriable: true });
}
