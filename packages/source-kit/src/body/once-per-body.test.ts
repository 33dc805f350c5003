import { expect, it } from 'vitest';
import { oncePerBody } from './once-per-body.ts';

it('reads a body once, however often it is asked for, and again after another body', () => {
  const read: string[] = [];
  const textOf = oncePerBody((body) => {
    read.push(body.toString());
    return body.toString();
  });
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];
  expect([textOf(a), textOf(a), textOf(b), textOf(Buffer.from('b')), textOf(a)]).toEqual(['a', 'a', 'b', 'b', 'a']);
  expect(read).toEqual(['a', 'b', 'b', 'a']);
});
