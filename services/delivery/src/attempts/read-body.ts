import type { Readable } from 'node:stream';

/**
 * The whole body, or null when it is larger than `limitBytes`, takes longer than `timeoutMs` or breaks off; its
 * connection is then closed. Never rejects: the status line has decided already.
 */
export async function readBody(body: Readable, limitBytes: number, timeoutMs: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => body.destroy(), timeoutMs);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    body.on('error', () => {}).destroy();
  }
}
