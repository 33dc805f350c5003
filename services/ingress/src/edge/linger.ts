import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** From the decision to refuse until the socket is destroyed at the latest. */
const LINGER_MS = 900;
/** What is read of a refused body before the socket is destroyed at once. */
const LINGER_BYTES = 65_536;

/** Destroys the socket soon, whatever its peer does: one that ignores the FIN would else hold its place until it goes away. */
export function destroySoon(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

/**
 * Lets the response of a refused request reach its sender, then destroys the socket. A socket that is closed while its
 * sender still sends resets the connection, and many clients drop a response they have received when that happens; so
 * what arrives in the meantime is read and thrown away, up to a limit in time and bytes.
 */
export function closeAfterResponse(request: IncomingMessage): void {
  const { socket } = request;
  let read = 0;
  request.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > LINGER_BYTES) socket.destroy();
  });
  // Node would destroy the socket as soon as the response is written. Ended here, it closes when the peer has ended too.
  socket.destroySoon = () => void socket.end();
  destroySoon(socket);
}
