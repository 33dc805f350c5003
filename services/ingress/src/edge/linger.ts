import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** From the decision to refuse until the socket is destroyed at the latest. */
const LINGER_MS = 900;
/** What is still read from a refused sender before the socket is destroyed at once. */
const LINGER_BYTES = 65_536;

/** What the sockets that are closing had received when that was decided. */
const receivedBefore = new WeakMap<Socket, number>();

/**
 * Frees the memory of bytes that are not needed any more; do not read them afterwards. A refused body has often survived the
 * collections of young objects, and would stay until the next full one. Under a flood of large bodies that is hundreds of MiB.
 */
export function release(chunk: Buffer): void {
  const { buffer, length } = chunk;
  // A part of a larger block may share it with others.
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === length) buffer.transfer(0);
}

/** Destroys the socket soon. One whose peer ignores the FIN would otherwise hold its place until the peer disconnects. */
export function destroySoon(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** Destroys a socket that is closing once its peer has sent too much since. */
export function destroyIfStillSending(socket: Socket): void {
  if (socket.bytesRead - (receivedBefore.get(socket) ?? 0) > LINGER_BYTES) socket.destroy();
}

/**
 * Lets the response of a refused request reach its sender, then destroys the socket: at once where the whole request has
 * arrived by then. A socket that is closed while its sender still sends resets the connection. Many clients then drop a
 * response that they have received. So what still arrives is read and thrown away, up to a limit in time and bytes.
 */
export function closeAfterResponse(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  receivedBefore.set(socket, socket.bytesRead);
  request.on('data', (chunk: Buffer) => {
    release(chunk);
    destroyIfStillSending(socket);
  });
  // A listener does not resume a request that was paused, as one whose body waited for room.
  request.resume();
  // Node would destroy the socket as soon as the response is written. A socket that is only ended closes when its peer has
  // ended too. Of one packet the body is parsed after the response to its head was written, but before the end is.
  socket.destroySoon = () =>
    void socket.end(() => {
      if (request.complete) socket.destroy();
    });
  // A response behind one that its request still waits for has no socket yet; the time counts from when it is written.
  if (response.socket === null) response.once('finish', () => destroySoon(socket));
  else destroySoon(socket);
}
