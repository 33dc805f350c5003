import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inboundHeaders } from './inbound-headers.ts';

/** The headers as Node's parser gives them, for the lines of a head. */
let parse: (lines: readonly string[]) => Promise<{ readonly headers: IncomingHttpHeaders; readonly rawHeaders: string[] }>;
let close: () => void;

beforeAll(async () => {
  const heads: { headers: IncomingHttpHeaders; rawHeaders: string[] }[] = [];
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    heads.push({ headers: request.headers, rawHeaders: request.rawHeaders });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  close = () => server.close();
  parse = (lines) =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', reject);
      socket.on('close', () => {
        const head = heads.pop();
        if (head === undefined) reject(new Error('the head was not parsed'));
        else resolve(head);
      });
      socket.on('data', () => {});
      socket.end(`GET / HTTP/1.1\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
    });
});
afterAll(() => close());

const names = fc.constantFrom(
  ...['Host', 'Authorization', 'authorization', 'Content-Type', 'Cookie', 'Set-Cookie', 'X-Forwarded-For', 'x-forwarded-for'],
  ...['User-Agent', 'Age', '__proto__', 'constructor', 'X-A'],
);
const lines = fc.array(fc.tuple(names, fc.constantFrom('a', 'b', 'a, b', '')), { maxLength: 8 });

it('have every name in lower case, values of a name that came twice joined, and such names told apart, for any 8 lines', async () => {
  await fc.assert(
    fc.asyncProperty(lines, async (all) => {
      const head = await parse(all.map(([name, value]) => `${name}: ${value}`));
      const expected = new Map<string, string[]>([['connection', ['close']]]);
      for (const [name, value] of all) expected.set(name.toLowerCase(), [...(expected.get(name.toLowerCase()) ?? []), value]);
      const { headers, duplicateHeaders } = inboundHeaders(head);
      expect(new Map(Object.entries(headers))).toEqual(new Map([...expected].map(([name, values]) => [name, values.join(', ')])));
      expect([...duplicateHeaders].sort()).toEqual([...expected].flatMap(([name, values]) => (values.length > 1 ? [name] : [])).sort());
    }),
    { numRuns: 200 },
  );
});

it('are the map that Node made where no name came twice', async () => {
  const head = await parse(['Host: a', 'Authorization: Bearer x', 'Content-Type: application/json']);
  expect(inboundHeaders(head).headers).toBe(head.headers);
});
