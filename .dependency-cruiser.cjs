const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const belowServices = [
  'packages/webhooks',
  'packages/app-installs',
  'packages/sources',
  'packages/source-kit',
  'packages/event-log',
  'packages/runtime',
  'packages/validation',
  'packages/contracts',
];

/** Who may import whom, by folder: the layering of ARCHITECTURE.md. */
const allowed = {
  'packages/contracts': [],
  'packages/runtime': [],
  'packages/validation': [],
  'packages/source-kit': ['packages/validation', 'packages/contracts'],
  'packages/event-log': ['packages/contracts'],
  'packages/sources': ['packages/source-kit', 'packages/validation', 'packages/contracts'],
  'packages/app-installs': ['packages/event-log', 'packages/runtime', 'packages/validation', 'packages/contracts'],
  'packages/webhooks': ['packages/app-installs', 'packages/runtime', 'packages/contracts'],
  'packages/provisioning': ['packages/event-log', 'packages/runtime', 'packages/contracts'],
  'packages/local-stack': ['packages/contracts', 'packages/event-log', 'packages/source-kit', 'packages/runtime', 'packages/provisioning'],
  'packages/cli': [
    'packages/sources',
    'packages/app-installs',
    'packages/event-log',
    'packages/runtime',
    'packages/validation',
    'packages/contracts',
    'packages/local-stack',
    'packages/provisioning',
  ],
  'services/ingress': belowServices,
  'services/normalizer': belowServices,
  'services/delivery': belowServices,
  'services/admin': belowServices,
};

/** Libraries that one package wraps for all. */
const wrapped = {
  kafkajs: 'packages/event-log',
  jose: 'packages/source-kit',
  typebox: 'packages/validation',
  ajv: 'packages/validation',
  avsc: 'packages/contracts',
  '@kafkajs/confluent-schema-registry': 'packages/contracts',
};

/** Tests that judge our use of a library, and so must not go through our wrapping of it. */
const unwrapped = {
  // The negative control: kafkajs as it is installed.
  kafkajs: ['test/cluster/workloads'],
  // A checker must not share the codec that it judges.
  avsc: ['test/chaos/evidence'],
};

/** Code that may enter the doors of test code: the local stack signs with the issuer that the tests have. */
const issuerOfLocalStack = '^packages/local-stack/src/issuer/';

/** The folders of event-log, from the lowest to the highest: each may import those before it. */
const eventLogRooms = [
  'kafkajs/errors',
  'kafkajs/patches',
  'kafkajs/client',
  'kafkajs/cluster',
  'wire',
  'produce/send-path',
  'produce/appender',
  'produce/transaction',
  'fetch',
  'reader',
  'member',
  'group',
  'topics',
  'processor',
  'memory',
];
const eventLog = '^packages/event-log/src/';
/** What the package is entered by: above every folder. */
const eventLogEntrances = `${eventLog}(index|kafka-log|memory-log|prefixed-log|transactional-log|fenced-writer)\\.ts$`;

const sourcesDir = join(__dirname, 'packages/sources/src');
const sources = existsSync(sourcesDir) ? readdirSync(sourcesDir).filter((name) => existsSync(join(sourcesDir, name, 'index.ts'))) : [];
const TEST = '\\.test\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(allowed).map(([folder, targets]) => ({
      name: `layering: ${folder}`,
      severity: 'error',
      comment: `${folder} may import ${targets.join(', ') || 'nothing of the others'}`,
      from: { path: `^${folder}/` },
      to: { path: '^(packages|services)/', pathNot: [folder, ...targets].map((target) => `^${target}/`) },
    })),
    {
      name: 'no package imports a service',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'every package and service has its place in the layering',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: Object.keys(allowed).map((folder) => `^${folder}/`) },
      to: {},
    },
    ...Object.entries(wrapped).map(([library, folder]) => ({
      name: `wrapped: ${library}`,
      severity: 'error',
      comment: `${library} is imported in ${[folder, ...(unwrapped[library] ?? [])].join(', ')} only`,
      from: { path: '^(packages|services|scripts|test)/', pathNot: [folder, ...(unwrapped[library] ?? [])].map((path) => `^${path}/`) },
      to: { path: `node_modules/${library}/` },
    })),
    ...eventLogRooms.map((room, at) => ({
      name: `event-log: ${room} imports no higher folder`,
      severity: 'error',
      comment: `${room} may import ${eventLogRooms.slice(0, at).join(', ') || 'no other folder'}`,
      from: { path: `${eventLog}${room}/`, pathNot: [TEST, '/testing/'] },
      to: { path: [...eventLogRooms.slice(at + 1).map((higher) => `${eventLog}${higher}/`), eventLogEntrances] },
    })),
    {
      name: 'no source imports another source',
      severity: 'error',
      from: { path: '^packages/sources/src/([^/]+)/' },
      to: { path: `^packages/sources/src/(${sources.join('|')})/`, pathNot: '^packages/sources/src/$1/' },
    },
    {
      name: 'a package is entered by its door',
      severity: 'error',
      from: { path: '^(packages|services)/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/.', pathNot: ['^packages/$2/', '^packages/[^/]+/src/(testing/)?index\\.ts$'] },
    },
    {
      name: 'production code imports no test code',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: [TEST, '/testing/'] },
      to: { path: [TEST, '^test/'] },
    },
    {
      name: 'production code enters no door of test code',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: [TEST, '/testing/', '/test-support\\.ts$', issuerOfLocalStack] },
      to: { path: '^(packages|services)/.*/testing/' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
