/** The endpoints of a run's installs as a process of its own: answers as each is meant to, and writes every request down. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerCertificate } from '@switchboard/local-stack';
import { listenHttps } from '../../../packages/local-stack/src/tls/https-server.ts';
import { serveCalls } from '../../bench/support/rpc.ts';
import type { ReceivedFact } from '../checker/facts.ts';
import { type Endpoint, endpoints } from './endpoints.ts';
import { createLineLog, type LineLog } from './line-log.ts';
import { markersIn } from './notifications.ts';
import { answerTo, GUARDED, guardedAnswer } from './receiver-answer.ts';

let log: LineLog | undefined;
let requests = 0;
const counts = new Map<string, number>();

const isEndpoint = (name: string): name is Endpoint => (endpoints as readonly string[]).includes(name);

function eventIdOf(body: Buffer): string {
  const { body: content } = JSON.parse(body.toString()) as { body: { changes: readonly { switchboard: { eventId: string } }[] } };
  return content.changes[0]?.switchboard.eventId ?? '';
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { pathname: path, searchParams } = new URL(request.url ?? '', 'https://receiver.invalid');
  const endpoint = path.slice(1);
  if (!isEndpoint(endpoint) && endpoint !== GUARDED) throw new RangeError(`there is no endpoint ${path}`);
  const webhookId = String(request.headers['webhook-id']);
  const key = `${endpoint} ${webhookId}`;
  const n = (counts.get(key) ?? 0) + 1;
  counts.set(key, n);
  const answer = isEndpoint(endpoint) ? answerTo(endpoint, webhookId, n) : guardedAnswer(searchParams.get('key'), request.headers);
  requests += 1;
  const fact: ReceivedFact = {
    at: Date.now(),
    webhookId,
    bodyHash: createHash('sha256').update(body).digest('hex'),
    eventId: eventIdOf(body),
    markers: markersIn(body.toString()),
    attempt: Number(request.headers['sb-attempt']),
    path,
    status: answer.kind === 'answer' ? answer.status : null,
  };
  log?.add(fact);
  if (answer.kind === 'cut') response.destroy();
  if (answer.kind !== 'answer') return;
  const { status, delayMs, retryAfterSeconds } = answer;
  const send = (): void => {
    response.writeHead(status, retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }).end();
  };
  if (delayMs === 0) send();
  else setTimeout(send, delayMs);
}

const calls = {
  /** Listens and writes to the file; gives the origin. */
  async start({ certificate, logFile }: { certificate: ServerCertificate; logFile: string }): Promise<string> {
    log = createLineLog(logFile);
    const server = await listenHttps(certificate, { port: 0 }, (request, response) => {
      take(request, response).catch(() => response.destroy());
    });
    return server.origin;
  },
  flush(_argument: null): void {
    log?.flush();
  },
  requests: (_argument: null): number => requests,
};
export type ReceiverCalls = typeof calls;
serveCalls(calls);
