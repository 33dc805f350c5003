import { describe, expect, it } from 'vitest';
import { kafkaRule } from './connection-rules.ts';
import { type ConfigFiles, defineConfig } from './define-config.ts';
import { describeConfig } from './describe-config.ts';
import { exitOnProblems } from './exit-on-problems.ts';
import { kafkaConnection, kafkaVariables, registryConnection, registryVariables } from './shared-variables.ts';

const files: ConfigFiles = {
  isReadable: (path) => path === '/there',
  readText: (path) => {
    if (path !== '/there') throw new Error('ENOENT');
    return 'from-file\n';
  },
};

const definition = defineConfig({
  port: { name: 'PORT', type: 'int', default: 80, min: 0, max: 65_535, doc: 'Port.' },
  wait: { name: 'WAIT', type: 'duration', default: 1_500, doc: 'Wait.' },
  fast: { name: 'FAST', type: 'boolean', default: false, doc: 'Fast.' },
  names: { name: 'NAMES', type: 'list', default: ['a'], pattern: /^[a-z]+$/, doc: 'Names.' },
  base: { name: 'BASE', type: 'url', doc: 'Base.' },
  file: { name: 'PATH_TO', type: 'file', optional: true, doc: 'File.' },
  mode: { name: 'MODE', type: 'enum', values: ['one', 'two'], default: 'one', doc: 'Mode.' },
  key: { name: 'KEY', type: 'secret', optional: true, pattern: /^.{4,}$/, doc: 'Key.' },
});

describe('defineConfig', () => {
  it('reads every type, takes defaults, and freezes the configuration', () => {
    const outcome = definition.read(
      { BASE: 'https://example.org/', WAIT: '2min', FAST: 'yes', NAMES: 'x, y,', KEY: 'abcd', PORT: '' },
      files,
    );
    if (!outcome.ok) throw new Error(outcome.problems.join());
    expect(outcome.config).toEqual({
      port: 80,
      wait: 120_000,
      fast: true,
      names: ['x', 'y'],
      base: 'https://example.org',
      file: undefined,
      mode: 'one',
      key: 'abcd',
    });
    expect(Object.isFrozen(outcome.config)).toBe(true);
  });

  it('names every problem at once, with variable, rule and value', () => {
    const outcome = definition.read(
      { PORT: '70000', WAIT: '1 week', FAST: 'perhaps', NAMES: 'A', BASE: 'ftp://x', PATH_TO: '/gone', MODE: 'three', KEY: 'abc' },
      files,
    );
    expect(outcome).toEqual({
      ok: false,
      problems: [
        'PORT: must be at most 65535, is "70000"',
        'WAIT: must be a duration in milliseconds, or with a unit: 500ms, 10s, 2min, 1h, is "1 week"',
        'FAST: must be true or false, is "perhaps"',
        'NAMES: must hold items that match ^[a-z]+$, is "A"',
        'BASE: must have one of the protocols http: https:, is "ftp://x"',
        'PATH_TO: must name a readable file, is "/gone"',
        'MODE: must be one of one, two, is "three"',
        'KEY: must match ^.{4,}$',
      ],
    });
  });

  it('refuses a missing variable without a default', () => {
    expect(definition.read({}, files)).toEqual({ ok: false, problems: ['BASE: must be set'] });
  });

  it('reads a secret from the file that its _FILE variable names, and refuses both at once', () => {
    const outcome = definition.read({ BASE: 'http://x', KEY_FILE: '/there' }, files);
    expect(outcome.ok && outcome.config.key).toBe('from-file');
    expect(definition.read({ BASE: 'http://x', KEY_FILE: '/there', KEY: 'abcd' }, files)).toEqual({
      ok: false,
      problems: ['KEY: only one of KEY and KEY_FILE may be set'],
    });
    expect(definition.read({ BASE: 'http://x', KEY_FILE: '/gone' }, files)).toMatchObject({ ok: false });
  });

  it('never shows a secret, neither in the summary nor in a problem', () => {
    const outcome = definition.read({ BASE: 'http://x', KEY: 'hunter2' }, files);
    if (!outcome.ok) throw new Error('refused');
    const summary = definition.summary(outcome.config);
    expect(summary.KEY).toEqual({ configured: true });
    expect(JSON.stringify(summary)).not.toContain('hunter2');
    const long = defineConfig({ key: { name: 'KEY', type: 'secret', pattern: /^\d+$/, doc: 'Key.' } });
    expect(JSON.stringify(long.read({ KEY: 'hunter2' }))).not.toContain('hunter2');
  });

  it('refuses a URL that holds a password', () => {
    expect(definition.read({ BASE: 'https://user:word@example.org' }, files)).toMatchObject({ ok: false });
  });

  it('describes every variable as one table row', () => {
    const table = describeConfig(definition).split('\n');
    expect(table).toHaveLength(2 + Object.keys(definition.variables).length);
    expect(table).toContain('| `PORT` | int | `80` | Port. |');
    expect(table).toContain('| `BASE` | url | **required** | Base. |');
  });
});

describe('a duration that may be unlimited', () => {
  const kept = { name: 'KEPT', type: 'duration', unlimited: true, default: -1, min: 1_000, doc: 'Kept.' } as const;
  const retention = defineConfig({ kept });

  it.each([
    ['unlimited', -1],
    ['90d', 7_776_000_000],
    ['', -1],
  ])('reads %j as %i', (text, value) => {
    expect(retention.read({ KEPT: text })).toEqual({ ok: true, config: { kept: value } });
  });

  it.each([
    ['forever', 'KEPT: must be a duration in milliseconds, or with a unit: 500ms, 10s, 2min, 1h, or unlimited, is "forever"'],
    ['-1', 'KEPT: must be a duration in milliseconds, or with a unit: 500ms, 10s, 2min, 1h, or unlimited, is "-1"'],
    ['1ms', 'KEPT: must be at least 1000, is "1ms"'],
  ])('refuses %j', (text, problem) => {
    expect(retention.read({ KEPT: text })).toEqual({ ok: false, problems: [problem] });
  });

  it('is described with its word', () => {
    expect(describeConfig(retention)).toContain('| `KEPT` | duration (ms) \\| unlimited | `unlimited` | Kept. |');
    expect(describeConfig(defineConfig({ kept: { ...kept, default: 5_000 } }))).toContain('| `5000` |');
  });
});

describe('exitOnProblems', () => {
  it('prints every problem and ends the process with code 1', () => {
    const written: string[] = [];
    const exit = (code: number): never => {
      throw new Error(`exit ${code}`);
    };
    expect(() => exitOnProblems({ ok: false, problems: ['A: x', 'B: y'] }, { write: (text) => written.push(text), exit })).toThrow(
      'exit 1',
    );
    expect(written.join('')).toBe('The configuration has 2 problem(s):\n  A: x\n  B: y\n');
  });
});

describe('shared variables', () => {
  const kafka = defineConfig(kafkaVariables, [kafkaRule]);

  it('refuses SASL and client certificates that are half set', () => {
    expect(kafka.read({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SSL_KEY_FILE: '/there' }, files)).toEqual({
      ok: false,
      problems: [
        'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD: must be set together',
        'KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE: must be set together',
      ],
    });
  });

  it('makes the settings of the Kafka client', () => {
    const read = kafka.read(
      {
        KAFKA_BROKERS: 'a:9092,[::1]:9093',
        KAFKA_SSL_CA_FILE: '/there',
        KAFKA_SASL_MECHANISM: 'plain',
        KAFKA_SASL_USERNAME: 'u',
        KAFKA_SASL_PASSWORD: 'p',
      },
      files,
    );
    if (!read.ok) throw new Error(read.problems.join());
    expect(kafkaConnection(read.config, files.readText)).toEqual({
      brokers: ['a:9092', '[::1]:9093'],
      ssl: { ca: 'from-file\n' },
      sasl: { mechanism: 'plain', username: 'u', password: 'p' },
    });
  });

  it.each(['acme.', 'acme_1-', 'a', 'x'.repeat(100)])('takes the topic prefix %j to the log', (text) => {
    const read = kafka.read({ TOPIC_PREFIX: text });
    if (!read.ok) throw new Error(read.problems.join());
    expect(kafkaConnection(read.config, files.readText)).toMatchObject({ topicPrefix: text });
  });

  it.each(['acme/', 'acme ', 'ümläut.', '__acme.', 'x'.repeat(101)])('refuses the topic prefix %j', (text) => {
    expect(kafka.read({ TOPIC_PREFIX: text })).toMatchObject({ ok: false, problems: [expect.stringMatching(/^TOPIC_PREFIX: must match/)] });
  });

  it('splits the registry credentials at the first colon', () => {
    const read = defineConfig(registryVariables).read({ SCHEMA_REGISTRY_AUTH: 'user:pass:word' });
    if (!read.ok) throw new Error(read.problems.join());
    expect(registryConnection(read.config).auth).toEqual({ username: 'user', password: 'pass:word' });
  });
});
