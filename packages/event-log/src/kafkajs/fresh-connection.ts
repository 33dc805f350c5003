import type { Socket } from 'node:net';

/** The members of kafkajs's Connection that the replacement touches. */
export interface Connection {
  socket?: Socket;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect(): Promise<unknown>;
}

export type ConnectionClass = new (options: never) => Connection;

const SIZE_BYTES = 4;

/**
 * A Connection that begins each new socket with nothing read. The stock one keeps the half of an answer that a cut left
 * behind, reads the answers of the next socket as its rest, and from then on finds no answer to any request; and the old
 * socket, only half closed, may still add to them.
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
  };
}
