import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CertificateAuthority } from '../tls/certificate-authority.ts';
import { listenHttps } from '../tls/https-server.ts';
import { type ReceiverAnswer, sendAnswer } from './answers.ts';
import type { ReceivedDelivery } from './delivery.ts';
import { checkSignature } from './signature.ts';

export interface ReceiverOptions {
  readonly authority: CertificateAuthority;
  /** Default: any free one. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Names its certificate holds besides 127.0.0.1 and localhost. */
  readonly names?: readonly string[];
  /** Called with every request, before it is answered. */
  readonly onDelivery?: (delivery: ReceivedDelivery) => void;
  /** Most requests remembered; the oldest are forgotten first. Default: all. */
  readonly keep?: number;
}

/** An HTTPS endpoint for webhooks that records every request and answers as told; 200 unless told otherwise. */
export interface Receiver {
  readonly origin: string;
  readonly port: number;
  /** Requests so far, oldest first; whole bodies only. */
  deliveries(path?: string): readonly ReceivedDelivery[];
  /** Connections accepted so far. */
  connections(): number;
  /** Answers requests of the path with the items in order, then with the last for ever; an empty list restores 200. Counting starts anew. */
  script(path: string, answers: readonly ReceiverAnswer[]): void;
  /** Adds a signing secret (`whsec_…`); from the first on every request's signature is checked. */
  trust(secret: string): void;
  /** Resolves with the requests once the condition holds of them. Throws after `timeoutMs`, with what has come. */
  until(holds: (deliveries: readonly ReceivedDelivery[]) => boolean, timeoutMs: number): Promise<readonly ReceivedDelivery[]>;
  /** Forgets all requests. */
  clear(): void;
  stop(): Promise<void>;
}

const OK: ReceiverAnswer = { kind: 'answer', status: 200 };

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const keep = options.keep ?? Number.POSITIVE_INFINITY;
  const secrets: string[] = [];
  const scripts = new Map<string, { readonly answers: readonly ReceiverAnswer[]; next: number }>();
  const waiting = new Set<() => void>();
  let received: ReceivedDelivery[] = [];
  let number = 0;

  const nextAnswer = (path: string): ReceiverAnswer => {
    const script = scripts.get(path);
    if (script === undefined) return OK;
    const answer = script.answers[Math.min(script.next, script.answers.length - 1)];
    script.next += 1;
    return answer ?? OK;
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const receivedAt = Date.now();
    const body = await readAll(request);
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
    number += 1;
    const { method = '', headers } = request;
    const signature = checkSignature(secrets, headers, body);
    const delivery: ReceivedDelivery = { number, method, path, query, headers, body, receivedAt, signature };
    received.push(delivery);
    if (received.length > keep) received = received.slice(-keep);
    options.onDelivery?.(delivery);
    sendAnswer(nextAnswer(path), response);
    for (const look of waiting) look();
  };

  const certificate = await options.authority.issue(options.names);
  const server = await listenHttps(certificate, { port: options.port ?? 0, host: options.host }, (request, response) => {
    take(request, response).catch(() => response.destroy());
  });

  return {
    origin: server.origin,
    port: server.port,
    deliveries: (path) => (path === undefined ? [...received] : received.filter((delivery) => delivery.path === path)),
    connections: server.connections,
    script(path, answers) {
      if (answers.length === 0) scripts.delete(path);
      else scripts.set(path, { answers, next: 0 });
    },
    trust: (secret) => void secrets.push(secret),
    until: (holds, timeoutMs) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!holds(received)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve([...received]);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`not within ${timeoutMs} ms; ${received.length} requests came: ${received.map(({ path }) => path).join(', ')}`));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
    clear() {
      received = [];
    },
    stop: () => server.stop(),
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
