import type { SampleRequest } from '@switchboard/source-kit';

/** A whole HTTP/1.1 request as bytes. `more` are further headers, before those of the request. */
export function httpBytes({ method, target, headers, body }: SampleRequest, more: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', 'content-length': body.length, ...more, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}
