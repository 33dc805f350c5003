import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createDecoder, writerIdOf } from './decode-record.ts';
import { collectLines } from './json-lines.ts';
import { lagsOf } from './lags.ts';
import { evidenceIn } from './run-directory.ts';
import { readSentLog } from './sent-log.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'switchboard-evidence-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

async function file(...lines: readonly string[]): Promise<string> {
  const path = join(await directory(), 'lines.jsonl');
  await writeFile(path, lines.join('\n'));
  return path;
}

const request = (number: number) =>
  JSON.stringify({ request: number, marker: `m${number}.`, source: 's', bodyHash: 'h', eventTypes: ['t'] });
const answer = (number: number, status: number) => JSON.stringify({ answered: number, status });

it('a request without an answer has no status', async () => {
  const log = await file(request(1), request(2), answer(2, 202), '');
  expect((await readSentLog(log, log)).map(({ status }) => status)).toEqual([null, 202]);
});

it('an answer that came after the earlier state of the log does not count', async () => {
  const log = await file(request(1), answer(1, 200), request(2), answer(2, 200), '');
  const earlier = await file(request(1), answer(1, 200), request(2), '');
  expect((await readSentLog(log, earlier)).map(({ status }) => status)).toEqual([200, null]);
});

it('a last line that is cut short is left out, and one in the middle is not', async () => {
  expect(await collectLines(await file('{"a":1}', '{"a":'), (value) => value)).toEqual([{ a: 1 }]);
  await expect(collectLines(await file('{"a":', '{"a":1}'), (value) => value)).rejects.toThrow(SyntaxError);
});

it('a group lags behind the last record of each partition of its topics', () => {
  const at = (topic: string, partition: number, offset: number) => ({ topic, partition, offset });
  const records = [at('t', 0, 4), at('t', 0, 7), at('t', 1, 0), at('other', 0, 9)];
  expect(lagsOf({ g: ['t'] }, records, [{ group: 'g', ...at('t', 0, 8) }])).toEqual([
    { group: 'g', topic: 't', partition: 0, committed: 8, end: 8 },
    { group: 'g', topic: 't', partition: 1, committed: null, end: 1 },
  ]);
});

it('evidence is found by the directory of the run and by its own', async () => {
  const run = await directory();
  expect(evidenceIn(run)).toEqual([]);
  const folders = ['in-motion', 'at-rest'].map((name) => join(run, name));
  for (const [index, folder] of folders.entries()) {
    await mkdir(folder);
    await writeFile(join(folder, 'run.json'), '{}');
    expect(evidenceIn(folder)).toEqual([folder]);
    expect(evidenceIn(run)).toEqual(folders.slice(0, index + 1));
  }
});

it('a record that another release wrote is decoded by the schema that it names, into that of the checkout', async () => {
  const name = 'switchboard.messaging.v1.ContentEvent';
  const [former] = JSON.parse(await readFile(join(ROOT, 'schemas', 'history', `${name}.json`), 'utf8')) as readonly object[];
  const golden = JSON.parse(await readFile(join(ROOT, 'packages/contracts/golden/former', `${name}.1.json`), 'utf8')) as { hex: string };
  const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from(golden.hex, 'hex')]);
  expect(writerIdOf(value)).toBe(7);
  expect(createDecoder({ 7: JSON.stringify(former) })(name, value)).toMatchObject({ app: 'contoso-bot', notificationId: null });
  expect(() => createDecoder()(name, value)).toThrow();
});
