import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruiseLayers, ruleNames } from './cruise.ts';
import { undeclaredImports } from './undeclared.ts';

/** The folders of event-log, from the lowest to the highest. */
const eventLogRooms = ruleNames.flatMap((name) => /^event-log: (.+) imports no higher folder$/.exec(name)?.slice(1) ?? []);

/** Planted imports: the rule that refuses it, the file that breaks it, what it imports. At least one for every rule. */
const planted: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ['layering: packages/contracts', 'packages/contracts/src/a.ts', '@switchboard/event-log'],
  ['layering: packages/runtime', 'packages/runtime/src/a.ts', '@switchboard/contracts'],
  ['layering: packages/validation', 'packages/validation/src/a.ts', '@switchboard/contracts'],
  ['layering: packages/source-kit', 'packages/source-kit/src/a.ts', '@switchboard/runtime'],
  ['layering: packages/event-log', 'packages/event-log/src/a.ts', '@switchboard/source-kit'],
  ['layering: packages/sources', 'packages/sources/src/a.ts', '@switchboard/event-log'],
  ['layering: packages/app-installs', 'packages/app-installs/src/a.ts', '@switchboard/sources'],
  ['layering: packages/webhooks', 'packages/webhooks/src/a.ts', '@switchboard/event-log'],
  ['layering: packages/provisioning', 'packages/provisioning/src/a.ts', '@switchboard/local-stack'],
  ['layering: packages/local-stack', 'packages/local-stack/src/a.ts', '../../../services/ingress/src/index.ts'],
  ['layering: packages/cli', 'packages/cli/src/a.ts', '../../../services/delivery/src/index.ts'],
  ['layering: packages/cli', 'packages/cli/src/c.ts', '@switchboard/source-kit'],
  ['layering: services/ingress', 'services/ingress/src/a.ts', '../../delivery/src/index.ts'],
  ['layering: services/normalizer', 'services/normalizer/src/a.ts', '../../ingress/src/index.ts'],
  ['layering: services/delivery', 'services/delivery/src/a.ts', '@switchboard/local-stack'],
  ['layering: services/admin', 'services/admin/src/a.ts', '../../delivery/src/index.ts'],
  ['no package imports a service', 'packages/stray/src/a.ts', '../../../services/ingress/src/index.ts'],
  ['every package and service has its place in the layering', 'packages/stray/src/b.ts', '@switchboard/contracts'],
  ['every package and service has its place in the layering', 'services/stray/src/a.ts', '@switchboard/contracts'],
  ['wrapped: kafkajs', 'services/ingress/src/b.ts', 'kafkajs'],
  ['wrapped: kafkajs', 'test/support/a.ts', 'kafkajs'],
  ['wrapped: kafkajs', 'test/chaos/evidence/a.ts', 'kafkajs'],
  ['wrapped: jose', 'packages/sources/src/b.ts', 'jose'],
  ['wrapped: jose', 'test/e2e/a.ts', 'jose'],
  ['wrapped: typebox', 'packages/app-installs/src/b.ts', 'typebox'],
  ['wrapped: ajv', 'services/ingress/src/f.ts', 'ajv'],
  ['wrapped: avsc', 'packages/event-log/src/b.ts', 'avsc'],
  ['wrapped: avsc', 'test/cluster/workloads/a.ts', 'avsc'],
  ['wrapped: @kafkajs/confluent-schema-registry', 'packages/cli/src/b.ts', '@kafkajs/confluent-schema-registry'],
  ['wrapped: @kafkajs/confluent-schema-registry', 'test/integration/a.ts', '@kafkajs/confluent-schema-registry'],
  ...eventLogRooms.map((room, at): [string, string, string] => {
    const higher = eventLogRooms[at + 1];
    const up = '../'.repeat(room.split('/').length);
    return [
      `event-log: ${room} imports no higher folder`,
      `packages/event-log/src/${room}/a.ts`,
      higher === undefined ? `${up}index.ts` : `${up}${higher}/b.ts`,
    ];
  }),
  ['no source imports another source', 'packages/sources/src/ucwa/a.ts', '../bot-framework/index.ts'],
  ['a package is entered by its door', 'services/normalizer/src/c.ts', '../../../packages/contracts/src/inner.ts'],
  ['production code imports no test code', 'packages/runtime/src/b.ts', './c.test.ts'],
  ['production code enters no door of test code', 'services/ingress/src/d.ts', '../../../packages/source-kit/src/testing/index.ts'],
  ['production code enters no door of test code', 'packages/local-stack/src/b.ts', '../../source-kit/src/testing/index.ts'],
  ['production code enters no door of test code', 'services/normalizer/src/d.ts', './testing/rig.ts'],
  ['no cycles', 'packages/runtime/src/d.ts', './e.ts'],
  ['everything resolves', 'packages/runtime/src/f.ts', './missing.ts'],
];

/** Imports that look like a violation and are none. */
const admitted: readonly (readonly [file: string, imports: string])[] = [
  ['test/cluster/workloads/b.ts', 'kafkajs'],
  ['test/chaos/evidence/b.ts', 'avsc'],
  ['packages/local-stack/src/issuer/a.ts', '../../../source-kit/src/testing/index.ts'],
  ['services/ingress/src/e.test.ts', '../../../packages/source-kit/src/testing/index.ts'],
];

const doors = ['contracts', 'runtime', 'source-kit', 'event-log', 'sources', 'app-installs', 'webhooks', 'local-stack', 'cli'];
const root = realpathSync(mkdtempSync(join(tmpdir(), 'layering-')));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeAll(() => {
  for (const door of doors) {
    write(
      `packages/${door}/package.json`,
      JSON.stringify({ name: `@switchboard/${door}`, type: 'module', exports: { '.': './src/index.ts' } }),
    );
    write(`packages/${door}/src/index.ts`, 'export const door = 1;\n');
    mkdirSync(join(root, 'node_modules/@switchboard'), { recursive: true });
    symlinkSync(join(root, 'packages', door), join(root, 'node_modules/@switchboard', door));
  }
  for (const service of ['ingress', 'normalizer', 'delivery', 'admin'])
    write(`services/${service}/src/index.ts`, 'export const door = 1;\n');
  for (const library of ['kafkajs', 'jose', 'avsc', 'typebox', 'ajv', '@kafkajs/confluent-schema-registry']) {
    write(`node_modules/${library}/package.json`, JSON.stringify({ name: library, main: './index.js' }));
    write(`node_modules/${library}/index.js`, 'exports.door = 1;\n');
  }
  write('packages/contracts/src/inner.ts', 'export const door = 1;\n');
  write('packages/source-kit/src/testing/index.ts', 'export const door = 1;\n');
  write('services/normalizer/src/testing/rig.ts', 'export const door = 1;\n');
  write('packages/sources/src/bot-framework/index.ts', 'export const door = 1;\n');
  write('packages/sources/src/ucwa/index.ts', 'export const door = 1;\n');
  for (const room of eventLogRooms) write(`packages/event-log/src/${room}/b.ts`, 'export const door = 1;\n');
  write('packages/runtime/src/c.test.ts', 'export const door = 1;\n');
  write('packages/runtime/src/e.ts', "import type { door } from './d.ts';\nexport type Door = typeof door;\n");
  for (const [file, imports] of [...planted.map(([, ...plant]) => plant), ...admitted])
    write(file, `import { door } from '${imports}';\nexport { door };\n`);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('layering check', () => {
  it('has a planted violation for every rule', () => {
    expect([...new Set(planted.map(([rule]) => rule))].sort()).toEqual([...ruleNames].sort());
  });

  it('refuses every planted violation by its rule, and nothing else', async () => {
    const { summary } = await cruiseLayers(root, ['packages', 'services', 'test']);
    const found = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
    expect(found).toEqual(expect.arrayContaining(planted.map(([rule, file]) => `${rule}: ${file}`)));
    const files = new Set([...planted.map(([, file]) => file), 'packages/runtime/src/e.ts']);
    expect(summary.violations.filter(({ from }) => !files.has(from))).toEqual([]);
  });

  it('refuses imports that the workspace does not declare, and admits development dependencies to tests alone', () => {
    write('package.json', JSON.stringify({ devDependencies: { vitest: '1.0.0' } }));
    write('packages/runtime/package.json', JSON.stringify({ dependencies: { pino: '1.0.0', '@example/declared': '1.0.0' } }));
    const imports = (...names: string[]) => names.map((module) => ({ module }));
    const source = 'packages/runtime/src/x.ts';
    const found = undeclaredImports(root, [
      { source, dependencies: imports('pino', '@example/declared/inner.js', 'node:fs', './y.ts', '@switchboard/contracts', 'vitest') },
      { source: 'packages/runtime/src/x.test.ts', dependencies: imports('vitest', 'fast-check') },
    ]);
    expect(found).toEqual([
      `${source} imports @switchboard/contracts, which packages/runtime/package.json does not declare`,
      `${source} imports vitest, which packages/runtime/package.json does not declare`,
      'packages/runtime/src/x.test.ts imports fast-check, which packages/runtime/package.json does not declare',
    ]);
  });
});
