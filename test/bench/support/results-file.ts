import { readFile, writeFile } from 'node:fs/promises';
import type { Bench } from './bench.ts';

const FILE = new URL('../RESULTS.md', import.meta.url);
const INTRODUCTION = `# Bench results

Written by \`npm run bench -- --write\`; each section is of the run that its date names. A section with a date in its title is of the code of that day. Broker, registry, load generator, receiver and the services share one machine, so figures of one run are compared with each other and not with those of another machine. Between runs of the same code expect rates and latencies within 30 % and ratios within 10 %.

\`npm run bench -- --quick --json FILE\` keeps the figures of a run; \`npm run bench -- --quick --compare FILE\` lists what is more than 10 % worse than in it.
`;

/** Puts a section into RESULTS.md in place of the one with its title; the others stay. */
export async function writeSections(
  machine: readonly string[],
  benches: readonly Pick<Bench, 'title'>[],
  section: { readonly title: string; readonly text: string },
): Promise<void> {
  const kept = sectionsOf(await readFile(FILE, 'utf8').catch(() => ''));
  kept.set(section.title, `${machine.map((fact) => `- ${fact}`).join('\n')}\n\n${section.text}`);
  const ours = benches.map(({ title }) => title);
  const titles = [...ours, ...[...kept.keys()].filter((title) => !ours.includes(title))];
  const parts = titles.flatMap((title) => {
    const text = kept.get(title);
    return text === undefined ? [] : [`## ${title}\n\n${text}\n`];
  });
  await writeFile(FILE, [INTRODUCTION, ...parts].join('\n'));
}

function sectionsOf(text: string): Map<string, string> {
  const [, ...sections] = text.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), section.slice(end).trim()] as const;
    }),
  );
}
