/** Runs vitest with a broker and a registry where the chosen tests need them; arguments go to vitest, its exit code is ours. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kafka, type Registry, StackError, startKafka, startRegistry } from '@switchboard/local-stack';
import { needsBroker, withDefaultProjects } from './test-projects.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

function runVitest(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('vitest', ['run', ...args], { stdio: 'inherit', env: environment });
    // Vitest hears a Ctrl-C of the terminal itself; this process waits for its end to clean up.
    process.on('SIGINT', () => {});
    process.once('SIGTERM', () => child.kill('SIGTERM'));
    process.once('disconnect', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(args: readonly string[]): Promise<number> {
  const given = process.env;
  const projects = withDefaultProjects(args);
  const own = needsBroker(projects) && !(given.KAFKA_BROKERS && given.SCHEMA_REGISTRY_URL);
  if (!own) return runVitest(projects, given);

  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-tests-'));
  let kafka: Kafka | undefined;
  let registry: Registry | undefined;
  try {
    const started = await Promise.allSettled([
      given.KAFKA_BROKERS ? undefined : startKafka({ dataDir: join(dataDir, 'kafka'), report: say }),
      given.SCHEMA_REGISTRY_URL ? undefined : startRegistry({ dataDir: join(dataDir, 'registry'), report: say }),
    ]);
    if (started[0].status === 'fulfilled') kafka = started[0].value;
    if (started[1].status === 'fulfilled') registry = started[1].value;
    for (const { status, ...outcome } of started) if (status === 'rejected' && 'reason' in outcome) throw outcome.reason;
    return await runVitest(projects, {
      ...given,
      ...(kafka === undefined ? {} : { KAFKA_BROKERS: kafka.bootstrap }),
      ...(registry === undefined ? {} : { SCHEMA_REGISTRY_URL: registry.url }),
    });
  } finally {
    await Promise.all([kafka?.stop(), registry?.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
}
// The channel to the entry script keeps this process alive.
if (process.connected) process.disconnect();
