import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Connection, Connections } from '../edge/connections.ts';
import type { Peers } from '../edge/peer.ts';

/** The tracked connection of a socket that a request came on; undefined for one that is closed or still shaking hands. */
export type ConnectionOf = (socket: Socket) => Connection | undefined;

/**
 * Counts every connection from the moment it is accepted, TLS handshakes included. Behind TLS a request names the secure
 * socket and not the one beneath it, so the two are matched by the peer's address and port.
 */
export function trackConnections(server: Server, connections: Connections, peers: Peers): ConnectionOf {
  const bySocket = new WeakMap<Socket, Connection>();
  const handshaking = new Map<string, Connection>();
  const secure = server.listenerCount('secureConnection') > 0;

  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    // The peer disconnected before the connection was accepted.
    if (remoteAddress === undefined) return void socket.destroy();
    const connection = connections.open(peers.isProxy(remoteAddress) ? undefined : remoteAddress, () => socket.destroy());
    socket.once('close', connection.closed);
    if (!secure) return void bySocket.set(socket, connection);
    const name = endpointOf(socket);
    handshaking.set(name, connection);
    socket.once('close', () => {
      // The peer may have opened another connection from the same port by now.
      if (handshaking.get(name) === connection) handshaking.delete(name);
    });
  });
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const name = endpointOf(socket);
    const connection = handshaking.get(name);
    if (connection === undefined) return void socket.destroy();
    handshaking.delete(name);
    bySocket.set(socket, connection);
  });
  return (socket) => bySocket.get(socket);
}

function endpointOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
