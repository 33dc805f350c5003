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

/**
 * A Connection that begins each new socket with nothing read. The stock one keeps the half of an answer that a cut left
 * behind, reads the answers of the next socket as its rest, and from then on finds no answer to any request; and the old
 * socket, only half closed, may still add to them. And it lets go of a socket when it is done with it: the stock one ends
 * the same dead socket at every attempt to reach a broker that is away, which adds a listener to it each time.
 */
export function freshConnection(Stock: ConnectionClass): ConnectionClass {
  return class FreshConnection extends Stock {
    override connect(): Promise<unknown> {
      // A socket that is still connecting belongs to a call before this one, and has read nothing.
      if (!this.isConnected() && this.socket?.connecting !== true) {
        this.socket?.removeAllListeners('data').destroy();
        this.chunks = [];
        this.bytesBuffered = 0;
        this.bytesNeeded = SIZE_BYTES;
      }
      return super.connect();
    }

    #disconnecting: Promise<unknown> | undefined;

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
      const established = this.isConnected();
      const disconnected = await super.disconnect();
      socket.removeAllListeners('data');
      if (established || socket.destroyed) socket.destroySoon();
      else await abandon(socket);
      // A call to connect meanwhile has put another one there.
      if (this.socket === socket) delete this.socket;
      return disconnected;
    }
  };
}

/** Ends a socket that is still connecting: were it to connect after that, the connection would count as connected without a socket. */
function abandon(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve()).destroy(new Error('it was let go before it was connected'));
  });
}
