/**
 * Usage: npm run bench -- [name…] [--quick] [--write] [--profile] [--json FILE] [--compare FILE] [--modes a,b] [--seconds N] [--rounds N]
 * Runs the benches and prints their tables. `--json` writes their figures to a file as a JSON list of rows, `--compare` compares them
 * with those of such a file. `--modes` of latency are its rates, and `three-brokers`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StackError } from '@switchboard/local-stack';
import { abuseBench } from './abuse.ts';
import { attemptsBench } from './attempts.ts';
import { burstBench } from './burst.ts';
import { fanoutBench } from './fanout.ts';
import { footprintBench } from './footprint.ts';
import { growthBench } from './growth.ts';
import { ingressBench } from './ingress.ts';
import { isolationBench } from './isolation.ts';
import { latencyBench } from './latency.ts';
import { mutationsBench } from './mutations.ts';
import { recoveryBench } from './recovery.ts';
import { stagesBench } from './stages.ts';
import type { Bench, BenchOptions, Row } from './support/bench.ts';
import { compareRows, comparisonNotes, comparisonTable } from './support/compare.ts';
import { readRows, rowsOf, writeRows } from './support/json-file.ts';
import { describeMachine, loadPerCore } from './support/machine.ts';
import { summarizeProfiles } from './support/profile.ts';
import { writeSections } from './support/results-file.ts';
import { startWorker } from './support/rpc.ts';
import { toMarkdown } from './support/table.ts';
import { transactionsBench } from './transactions.ts';
import type { AwakeCalls } from './workers/awake.ts';

const benches: readonly Bench[] = [
  ingressBench,
  transactionsBench,
  stagesBench,
  attemptsBench,
  latencyBench,
  burstBench,
  isolationBench,
  fanoutBench,
  growthBench,
  recoveryBench,
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

/** A bench's section. Where a full run missed an aim, or always when asked to, a short second run is profiled. */
async function runBench(bench: Bench, options: BenchOptions, profile: boolean): Promise<Section> {
  const result = await bench.run(options);
  const { tables, notes, missed } = result;
  const machine = `Load average at the start: ${load.toFixed(1)} for each core. While it runs no core sleeps.${options.quick ? ' Short rounds.' : ''}`;
  const parts = [...tables.map(toMarkdown), [...notes, machine].map((note) => `- ${note}`).join('\n')];
  const service = (options.quick ? undefined : missed) ?? (profile ? bench.profiled : undefined);
  if (service !== undefined) parts.push(...(await profiled(bench, options, service)));
  return { text: parts.join('\n\n'), rows: rowsOf(bench.name, options.quick, result) };
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
      compare: { type: 'string' },
      modes: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const options = { quick: values.quick, report: say, ...modesOf(values.modes), ...countsOf(values) };
  const before = values.compare === undefined ? undefined : await readRows(values.compare);
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
  if (before === undefined) return;
  const comparison = compareRows(before, rows);
  const notes = comparisonNotes(comparison).map((note) => `- ${note}`);
  process.stdout.write(`\n## Compared with ${values.compare}\n\n${toMarkdown(comparisonTable(comparison))}\n\n${notes.join('\n')}\n`);
}

function modesOf(text: string | undefined): Pick<BenchOptions, 'modes'> {
  return text === undefined ? {} : { modes: text.split(',').map((mode) => mode.trim()) };
}

function countsOf(values: { readonly seconds?: string; readonly rounds?: string }): Pick<BenchOptions, 'seconds' | 'rounds'> {
  const count = (name: 'seconds' | 'rounds') => {
    const text = values[name];
    if (text === undefined) return {};
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} must be a whole number of at least 1 (got ${text})`);
    return { [name]: value };
  };
  return { ...count('seconds'), ...count('rounds') };
}

const load = loadPerCore();
// The system puts a core without work to sleep, and a virtual machine may wake it up tens of milliseconds later.
const awake = startWorker<AwakeCalls>('awake', { detached: true });
try {
  await main();
} catch (error) {
  say(error instanceof StackError || error instanceof RangeError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
} finally {
  await awake.stop();
}
if (process.connected) process.disconnect();
