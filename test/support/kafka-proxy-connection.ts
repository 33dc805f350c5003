import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiName, createFrameSplitter, readAnswer, readRequest } from './kafka-frames.ts';

/**
 * What happens to one in so many requests of an api, or to its answer:
 * - `delay-answer`: it comes `delayMs` later, and with it all that follow on the connection.
 * - `cut-answer`: the connection is cut in its place; the broker has done what was asked.
 * - `drop-answer`: it never comes; the connection stays.
 * - `hold-request`: it reaches the broker `delayMs` later, also when the client has given up its connection by then.
 */
export interface ProxyRule {
  readonly api: ApiName;
  readonly action: 'delay-answer' | 'cut-answer' | 'drop-answer' | 'hold-request';
  readonly oneIn: number;
  /** Default 0. */
  readonly delayMs?: number;
  /** After so many times the rule is spent. */
  readonly most?: number;
}

export interface ProxiedConnection {
  readonly client: Socket;
  readonly target: { readonly host: string; readonly port: number };
  readonly ruleFor: (apiKey: number, stage: 'request' | 'answer') => ProxyRule | undefined;
  readonly track: (socket: Socket) => void;
}

const LONGEST_ANSWER_MS = 10_000;

/** Passes messages between a client and a broker, each way in order, but for those that a rule is for. */
export function proxyConnection({ client, target, ruleFor, track }: ProxiedConnection): void {
  const broker = connect({ ...target, noDelay: true });
  track(client);
  track(broker);
  const apiKeyOf = new Map<number, number>();
  let requests: Promise<void> = Promise.resolve();
  let answers: Promise<void> = Promise.resolve();

  async function passRequest(frame: Buffer): Promise<void> {
    const { apiKey, correlationId } = readRequest(frame);
    const rule = ruleFor(apiKey, 'request');
    if (rule !== undefined) await delay(rule.delayMs ?? 0);
    apiKeyOf.set(correlationId, apiKey);
    await write(broker, frame);
  }

  async function passAnswer(frame: Buffer): Promise<void> {
    const { correlationId } = readAnswer(frame);
    const apiKey = apiKeyOf.get(correlationId);
    apiKeyOf.delete(correlationId);
    if (client.destroyed) {
      leave();
      return;
    }
    const rule = apiKey === undefined ? undefined : ruleFor(apiKey, 'answer');
    if (rule?.action === 'drop-answer') return;
    if (rule?.action === 'cut-answer') {
      client.destroy();
      return;
    }
    if (rule?.action === 'delay-answer') await delay(rule.delayMs ?? 0);
    await write(client, frame);
  }

  /** The broker keeps the connection of a client that has gone until it has answered everything that the client had sent. */
  function leave(): void {
    if (apiKeyOf.size === 0) broker.end();
    else setTimeout(() => broker.destroy(), LONGEST_ANSWER_MS).unref();
  }

  const fromClient = createFrameSplitter();
  const fromBroker = createFrameSplitter();
  client.on('data', (chunk) => {
    for (const frame of fromClient(chunk)) requests = requests.then(() => passRequest(frame));
  });
  broker.on('data', (chunk) => {
    for (const frame of fromBroker(chunk)) answers = answers.then(() => passAnswer(frame));
  });
  client.on('error', () => {});
  broker.on('error', () => {});
  client.once('close', () => void requests.then(leave));
  broker.once('close', () => void answers.then(() => client.end()));
}

/** Resolves when more may be written; at once where nobody reads any more. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || !socket.writable) return Promise.resolve();
  if (socket.write(bytes)) return Promise.resolve();
  return new Promise((resolve) => {
    const go = (): void => {
      socket.off('drain', go);
      socket.off('close', go);
      resolve();
    };
    socket.once('drain', go);
    socket.once('close', go);
  });
}
