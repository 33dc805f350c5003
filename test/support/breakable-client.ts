import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { KafkaClient } from '../../packages/event-log/src/kafkajs/client/client.ts';

/** A client whose connections can be cut and refused, as if the brokers were gone. */
export interface BreakableClient {
  readonly client: KafkaClient;
  /** Cuts all connections and refuses new ones until `heal`. */
  cut(): void;
  /** Drops what the open connections carry from now on, without a sign to either side; new ones work. */
  silence(): void;
  heal(): void;
}

export async function makeBreakable(inner: KafkaClient): Promise<BreakableClient> {
  const sockets = new Set<Socket>();
  const nowhere = await unusedPort();
  let broken = false;
  const socketFactory = ({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Socket => {
    const socket = broken ? connect({ host: '127.0.0.1', port: nowhere }, onConnect) : connect({ host, port }, onConnect);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  return {
    client: { ...inner, open: (settings) => inner.open({ ...settings, socketFactory }) },
    cut() {
      broken = true;
      for (const socket of sockets) socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    },
    silence() {
      // A socket destroyed on purpose emits no error, and kafkajs does not listen for its end.
      for (const socket of sockets) socket.destroy();
    },
    heal() {
      broken = false;
    },
  };
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
