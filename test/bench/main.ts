/**
 * Usage: npm run bench -- [name…] [--quick] [--write] [--profile] [--json FILE] [--modes a,b] [--seconds N]
 * Runs the benches, prints their tables, and writes their figures to FILE as a JSON list of rows.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StackError } from '@switchboard/local-stack';
import { abuseBench } from './abuse.ts';
import { attemptsBench } from './attempts.ts';
import { footprintBench } from './footprint.ts';
import { ingressBench } from './ingress.ts';
import { isolationBench } from './isolation.ts';
import { latencyBench } from './latency.ts';
import { mutationsBench } from './mutations.ts';
import { stagesBench } from './stages.ts';
import type { Bench, BenchOptions, Row } from './support/bench.ts';
import { rowsOf, writeRows } from './support/json-file.ts';
import { describeMachine, loadPerCore } from './support/machine.ts';
import { summarizeProfiles } from './support/profile.ts';
import { writeSections } from './support/results-file.ts';
import { toMarkdown } from './support/table.ts';
import { transactionsBench } from './transactions.ts';

const benches: readonly Bench[] = [
  ingressBench,
  transactionsBench,
  stagesBench,
  attemptsBench,
  latencyBench,
  isolationBench,
  footprintBench,
  mutationsBench,
  abuseBench,
];

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

interface Section {
  readonly text: string;
  readonly rows: readonly Row[];
}

/** A bench's section. Where an aim was missed, or always when asked to, a short second run is profiled. */
async function runBench(bench: Bench, options: BenchOptions, profile: boolean): Promise<Section> {
  const load = loadPerCore();
  const result = await bench.run(options);
  const { tables, notes, missed } = result;
  const machine = `Load average at the start: ${load.toFixed(1)} for each core.${options.quick ? ' Short rounds.' : ''}`;
  const parts = [...tables.map(toMarkdown), [...notes, machine].map((note) => `- ${note}`).join('\n')];
  const service = missed ?? (profile ? bench.profiled : undefined);
  if (service !== undefined) parts.push(...(await profiled(bench, options, service)));
  return { text: parts.join('\n\n'), rows: rowsOf(bench.name, result) };
}

async function profiled(bench: Bench, options: BenchOptions, service: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'switchboard-profiles-'));
  try {
    say(`${bench.name}: again, with a profile of the ${service}`);
    await bench.run({ ...options, quick: true, profileDir: directory });
    const tables = await summarizeProfiles(join(directory, service));
    return [`Profile of the ${service} process:`, ...tables.map(toMarkdown)];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      json: { type: 'string' },
      modes: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  const options = { quick: values.quick, report: say, ...modesOf(values.modes), ...secondsOf(values.seconds) };
  const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0)
    throw new RangeError(`no bench is named ${unknown.join(', ')}; the names are ${benches.map(({ name }) => name).join(', ')}`);
  const chosen = positionals.length === 0 ? benches : benches.filter(({ name }) => positionals.includes(name));
  const machine = describeMachine(new Date());
  process.stdout.write(`${machine.map((fact) => `- ${fact}`).join('\n')}\n`);
  const rows: Row[] = [];
  for (const bench of chosen) {
    const section = await runBench(bench, options, values.profile);
    process.stdout.write(`\n## ${bench.title}\n\n${section.text}\n`);
    if (values.write) await writeSections(machine, benches, { title: bench.title, text: section.text });
    rows.push(...section.rows);
    // After each section: a run that fails later leaves what it has measured.
    if (values.json !== undefined) await writeRows(values.json, rows);
  }
}

function modesOf(text: string | undefined): Pick<BenchOptions, 'modes'> {
  return text === undefined ? {} : { modes: text.split(',').map((mode) => mode.trim()) };
}

function secondsOf(text: string | undefined): Pick<BenchOptions, 'seconds'> {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new RangeError(`--seconds must be a whole number of at least 1 (got ${text})`);
  return { seconds };
}

try {
  await main();
} catch (error) {
  say(error instanceof StackError || error instanceof RangeError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
