import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJsonText } from '@switchboard/contracts';
import { type GuessLimit, peerNetwork, soleHeader } from '@switchboard/runtime';
import { callingAddress } from '@switchboard/sources';
import type { SourcesConfig } from '../sources-file/sources-config.ts';

export interface CallbackUriOptions {
  /** Counts failed authentications by peer network. */
  readonly guesses: GuessLimit;
  /** Called for every request without the token. */
  readonly onRefused: (refusal: AdminRefusal) => void;
  readonly config: () => SourcesConfig | undefined;
  /** SHA-256 of the admin token, hex. */
  readonly tokenHash: string;
}

/** A request of the admin route without the token. */
export interface AdminRefusal {
  readonly code: 'ERR_INGRESS_ADMIN_TOKEN' | 'ERR_INGRESS_ADMIN_GUESSES';
  /** Address of the other end of the connection. */
  readonly peer: string;
}

type MintOutcome =
  | { readonly status: 200; readonly body: { readonly callbackUri: string; readonly context: string } }
  | { readonly status: 400 | 409; readonly body: { readonly error: string; readonly member?: string; readonly rule?: string } };

const PATH = '/admin/callback-uris';
const MAX_BODY_BYTES = 4_096;
const MAX_DATA_LENGTH = 200;

function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function refuse(member: string, rule: string): MintOutcome {
  return { status: 400, body: { error: 'malformed', member, rule } };
}

/** Makes the callback URI of a call that a downstream service starts itself, signed as those of announced calls are. */
export function mintCallbackUri(text: string, config: SourcesConfig): MintOutcome {
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch {
    return refuse('body', 'must be JSON');
  }
  if (typeof value !== 'object' || value === null) return refuse('body', 'must be an object');
  const { app, data = {} } = value as { readonly app?: unknown; readonly data?: unknown };
  if (typeof app !== 'string' || !config.entries.get('graph-calling')?.has(app)) {
    return refuse('app', 'must be an app with the source graph-calling');
  }
  if (!isTextMap(data) || JSON.stringify(data).length > MAX_DATA_LENGTH) {
    return refuse('data', `must be an object of texts, at most ${MAX_DATA_LENGTH} characters of JSON`);
  }
  const base = config.regions.table[config.regions.self];
  if (base === undefined) return { status: 409, body: { error: `regions.table has no URL for this region, ${config.regions.self}` } };
  const context = config.routingTokens.mint(app, { ...data, region: config.regions.self });
  return { status: 200, body: { callbackUri: callingAddress(base, app, context), context } };
}

function isAdmin(request: IncomingMessage, tokenHash: string): boolean {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/.exec(soleHeader(request, 'authorization') ?? '')?.[1];
  return token !== undefined && timingSafeEqual(createHash('sha256').update(token).digest(), Buffer.from(tokenHash, 'hex'));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

/** A valid token is served however often its peer failed, so that an attacker behind the same proxy cannot lock the operator out. */
function refuseGuess(request: IncomingMessage, response: ServerResponse, { guesses, onRefused }: CallbackUriOptions): void {
  const peer = request.socket.remoteAddress ?? '';
  const retryAfterSeconds = guesses.failed(peerNetwork(peer));
  onRefused({ code: retryAfterSeconds === undefined ? 'ERR_INGRESS_ADMIN_TOKEN' : 'ERR_INGRESS_ADMIN_GUESSES', peer });
  if (retryAfterSeconds === undefined) send(response, 401, { error: 'unauthorized' });
  else {
    response.setHeader('retry-after', String(retryAfterSeconds));
    send(response, 429, { error: 'too_many_guesses' });
  }
}

/** Serves POST /admin/callback-uris on the health port: `{app, data?}` in, `{callbackUri, context}` out. */
export function callbackUriRoute(options: CallbackUriOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.url !== PATH || request.method !== 'POST') return false;
    if (!isAdmin(request, options.tokenHash)) {
      refuseGuess(request, response, options);
      return true;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.on('end', () => {
      const config = options.config();
      if (length > MAX_BODY_BYTES) send(response, 413, { error: 'malformed' });
      else if (config === undefined) send(response, 503, { error: 'unavailable' });
      else {
        const { status, body } = mintCallbackUri(Buffer.concat(chunks).toString('utf8'), config);
        send(response, status, body);
      }
    });
    return true;
  };
}
