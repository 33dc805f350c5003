import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';

const entry = new URL('../index.ts', import.meta.url).href;

/** A service that connects to its registry and logs what it got to start with. */
const program = `
  import { defineConfig, kafkaVariables, kafkaWarnings, registryVariables, serviceVariables, startService } from ${JSON.stringify(entry)};
  const healthPort = { name: 'HEALTH_PORT', type: 'int', min: 0, max: 65535, default: 0, doc: 'Port.' };
  await startService({
    name: 'example',
    config: defineConfig({ ...serviceVariables, ...kafkaVariables, ...registryVariables, healthPort }, [], [kafkaWarnings]),
    environment: process.env,
    openLog: ({ brokers, clientId }) => ({ brokers, clientId }),
    connectRegistry: async ({ registryUrl }) => registryUrl,
    start: async ({ log, logger, healthPort, connect, connectRegistry }) => {
      const registry = await connect({ name: 'schema registry', connect: connectRegistry }).connected;
      logger.info({ log, registry, healthPort }, 'Working');
      return { stop: async () => {} };
    },
  });
`;

function run(environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { PATH: process.env.PATH ?? '', ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const logged = (message: string) => lines.find(({ msg }) => msg === message);
  return { child, lines, logged, errors: () => errors, exit: once(child, 'close').then(([code]) => code as number | null) };
}

it('logs its configuration, opens what it is made of, is ready, and exits with code 0 on SIGTERM', async () => {
  const { child, lines, logged, exit } = run({ KAFKA_BROKERS: 'a:1', SCHEMA_REGISTRY_URL: 'http://registry:1' });
  await expect.poll(() => logged('Example started')).toBeDefined();
  expect(lines[0]).toMatchObject({ service: 'example', msg: 'Example is starting', config: { KAFKA_BROKERS: ['a:1'] } });
  expect(logged('Working')).toMatchObject({ log: { brokers: ['a:1'], clientId: 'switchboard-example' }, registry: 'http://registry:1' });
  const port = logged('Working')?.healthPort;
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('service="example"');
  child.kill('SIGTERM');
  expect([await exit, logged('Example stopped') !== undefined]).toEqual([0, true]);
});

it('logs what is dangerous in the configuration', async () => {
  const plain = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'user', KAFKA_SASL_PASSWORD: 'word-of-test' };
  const { lines, logged } = run({ KAFKA_BROKERS: 'broker.example:9092', ...plain });
  await expect.poll(() => logged('Example started')).toBeDefined();
  expect(lines.filter(({ code }) => code === 'ERR_CONFIG_SASL_PLAIN_WITHOUT_TLS')).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('word-of-test');
});

it('prints every problem of the configuration and exits with code 1', async () => {
  const { exit, errors, lines } = run({ HEALTH_PORT: 'x', LOG_LEVEL: 'loud' });
  expect(await exit).toBe(1);
  expect(errors()).toMatch(/2 problem\(s\)[\s\S]*LOG_LEVEL: [\s\S]*HEALTH_PORT: /);
  expect(lines).toEqual([]);
});
