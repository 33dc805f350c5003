import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection that carries one request at a time; requests are bytes, of a response only the status is kept. */
export interface HttpExchange {
  /** Resolves with the status; rejects when the connection breaks before the whole response. Opens another connection where it was closed. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

const HEAD_END = '\r\n\r\n';

export interface HttpExchangeOptions {
  /** Speaks TLS and admits any certificate. */
  readonly tls?: boolean;
  /** Address to connect from. */
  readonly localAddress?: string;
}

/** Does as little as it can: the load generator shares its cores with what it measures. */
export function createHttpExchange(port: number, { tls = false, ...from }: HttpExchangeOptions = {}): HttpExchange {
  let socket: Socket | undefined;
  let text = '';
  let pending: { resolve: (status: number) => void; reject: (error: Error) => void } | undefined;

  function open(): Socket {
    const target = { host: '127.0.0.1', port, noDelay: true, ...from };
    const opened = tls ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    const broken = (error?: Error): void => {
      if (socket === opened) socket = undefined;
      text = '';
      pending?.reject(error ?? new Error('the connection was closed'));
      pending = undefined;
    };
    opened.on('data', (chunk) => take(chunk, opened));
    opened.on('error', broken);
    opened.on('close', () => broken());
    return opened;
  }

  function take(chunk: Buffer, from: Socket): void {
    text += chunk.toString('latin1');
    const headEnd = text.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = text.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (text.length < headEnd + HEAD_END.length + length) return;
    text = '';
    if (/\r\nconnection: *close/i.test(head)) {
      from.removeAllListeners('close').destroy();
      socket = undefined;
    }
    const waiting = pending;
    pending = undefined;
    waiting?.resolve(Number(head.slice(9, 12)));
  }

  return {
    send(request) {
      socket ??= open();
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      pending = { resolve, reject };
      socket.write(request);
      return promise;
    },
    close() {
      socket?.removeAllListeners('close').destroy();
      socket = undefined;
    },
  };
}
