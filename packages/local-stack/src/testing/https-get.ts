import { request } from 'node:https';

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface HttpsRequest {
  readonly ca: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Rejects when the whole answer is not there by then. */
  readonly timeoutMs?: number;
  readonly servername?: string;
}

/** One HTTPS request on a connection of its own, trusting the authority given and no other. */
export function httpsGet(url: string, options: HttpsRequest): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    const { ca, method = 'GET', headers = {}, servername } = options;
    const sent = request(url, { ca, method, headers, agent: false, ...(servername === undefined ? {} : { servername }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => sent.destroy(new Error('no whole answer in time')), options.timeoutMs ?? 10_000);
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(options.body);
  });
}
